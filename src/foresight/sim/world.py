"""One PyBullet client and the few calls that create bodies in it."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pybullet

from foresight.closing import Closing
from foresight.sim.settings import SimConfig

GRAVITY = 9.81  # m/s^2
SOLVER_ITERATIONS = 30
Vector = tuple[float, float, float] | np.ndarray


class World(Closing):
    """A physics world in its own client; every episode starts from an empty one."""

    def __init__(self, sim: SimConfig) -> None:
        """Connect a client without a window."""
        self._sim = sim
        self.client: int = pybullet.connect(pybullet.DIRECT)
        self.steps = 0
        self.reset()

    @property
    def time(self) -> float:
        """Simulated time since the last reset [s]."""
        return self.steps / self._sim.physics_rate

    def reset(self) -> None:
        """Remove every body and start the clock at zero.

        The solver is made anew, so that an episode does not depend on what ran before it.
        """
        pybullet.resetSimulation(physicsClientId=self.client)
        pybullet.setPhysicsEngineParameter(
            fixedTimeStep=1.0 / self._sim.physics_rate,
            numSolverIterations=SOLVER_ITERATIONS,
            deterministicOverlappingPairs=1,
            physicsClientId=self.client,
        )
        pybullet.setGravity(0, 0, -GRAVITY, physicsClientId=self.client)
        self.steps = 0

    def step(self, count: int = 1) -> None:
        """Advance the physics by `count` steps."""
        for _ in range(count):
            pybullet.stepSimulation(self.client)
        self.steps += count

    def add_shape(
        self,
        kind: int,
        size: Mapping[str, object],
        color: Vector | None,
        offset: Vector = (0.0, 0.0, 0.0),
        turn: Vector = (0.0, 0.0, 0.0),
    ) -> tuple[int, int]:
        """Create a collision shape and, if it has a colour, the same as visual shape.

        Args:
            kind: One of pybullet's `GEOM_` constants.
            size: Its size, in the words of `createVisualShape`.
            color: RGB colour in [0, 1]; None for no visual shape.
            offset: Place of the shape in the body [m].
            turn: Roll, pitch and yaw of the shape in the body [rad].
        """
        quaternion = pybullet.getQuaternionFromEuler(turn)
        collision = {'height' if key == 'length' else key: value for key, value in size.items()}
        shape: int = pybullet.createCollisionShape(
            kind, **collision, collisionFramePosition=offset, collisionFrameOrientation=quaternion,
            physicsClientId=self.client,
        )
        if color is None:
            return shape, -1
        visual: int = pybullet.createVisualShape(
            kind, **size, visualFramePosition=offset, visualFrameOrientation=quaternion,
            rgbaColor=[*color, 1.0], specularColor=[0.1, 0.1, 0.1], physicsClientId=self.client,
        )
        return shape, visual

    def add_body(
        self,
        shapes: tuple[int, int],
        position: Vector,
        orientation: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 1.0),
        mass: float = 0.0,
    ) -> int:
        """Create a body from a collision and a visual shape; mass 0 makes it static."""
        # A plain rigid body (maximal coordinates) costs half the time of a one-link multi-body.
        body: int = pybullet.createMultiBody(
            mass, shapes[0], shapes[1], position, orientation, useMaximalCoordinates=True,
            physicsClientId=self.client,
        )
        return body

    def add_box(self, low: Vector, high: Vector, color: Vector | None) -> int:
        """Create a static box between two corners."""
        low, high = np.asarray(low), np.asarray(high)
        size: dict[str, object] = {'halfExtents': list((high - low) / 2)}
        body = self.add_body(self.add_shape(pybullet.GEOM_BOX, size, color), (low + high) / 2)
        if color is None:  # pybullet draws the collision shape of a body without visual shape
            pybullet.changeVisualShape(
                body, -1, rgbaColor=(0, 0, 0, 0), physicsClientId=self.client
            )
        return body

    def add_phantom(self, low: Vector, high: Vector, color: Vector) -> int:
        """Create a static box between two corners that is seen and touches nothing."""
        low, high = np.asarray(low), np.asarray(high)
        visual: int = pybullet.createVisualShape(
            pybullet.GEOM_BOX, halfExtents=list((high - low) / 2), rgbaColor=[*color, 1.0],
            specularColor=[0.1, 0.1, 0.1], physicsClientId=self.client,
        )
        return self.add_body((-1, visual), (low + high) / 2)

    def remove(self, body: int) -> None:
        """Take a body away."""
        pybullet.removeBody(body, physicsClientId=self.client)

    def add_urdf(self, path: Path) -> int:
        """Load a robot that is fixed to the world at the origin of `base_link`."""
        body: int = pybullet.loadURDF(str(path), useFixedBase=True, physicsClientId=self.client)
        return body

    def set_dynamics(self, body: int, values: Mapping[str, float], link: int = -1) -> None:
        """Change dynamics such as `lateralFriction` of one link."""
        pybullet.changeDynamics(body, link, **values, physicsClientId=self.client)

    def save(self) -> int:
        """Keep poses, velocities and contacts of all bodies; return the number to restore."""
        state: int = pybullet.saveState(physicsClientId=self.client)
        return state

    def restore(self, state: int, steps: int) -> None:
        """Put all bodies back and set the clock to `steps` physics steps."""
        pybullet.restoreState(stateId=state, physicsClientId=self.client)
        self.steps = steps

    def close(self) -> None:
        """Disconnect; closing twice does nothing."""
        if self.client >= 0:
            pybullet.disconnect(self.client)
            self.client = -1
