"""One PyBullet client and the few calls that create bodies in it."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
import pybullet
from jaxtyping import Float
from scipy.spatial.transform import Rotation

from foresight.closing import Closing
from foresight.sim.settings import SimConfig

GRAVITY = 9.81  # m/s^2
SOLVER_ITERATIONS = 30
SHINE = (0.1, 0.1, 0.1)  # RGB colour of highlights
Vector = tuple[float, float, float] | np.ndarray


class Client:
    """The functions of `pybullet`, of one client without a window."""

    def __init__(self) -> None:
        """Connect."""
        self._number = pybullet.connect(pybullet.DIRECT)

    def __getattr__(self, name: str) -> Callable[..., Any]:
        return partial(getattr(pybullet, name), physicsClientId=self._number)


class World(Closing):
    """A physics world in its own client; every episode starts from an empty one.

    Attributes:
        client: Functions of `pybullet`, on this world.
        steps: Physics steps since the last reset.
    """

    def __init__(self, sim: SimConfig) -> None:
        """Connect."""
        self._sim, self.client = sim, Client()
        self.reset()

    @property
    def time(self) -> float:
        """Simulated time since the last reset [s]."""
        return self.steps / self._sim.physics_rate

    def reset(self) -> None:
        """Remove every body and start the clock at zero.

        The solver is made anew, so that an episode does not depend on what ran before it.
        """
        self.client.resetSimulation()
        self.client.setPhysicsEngineParameter(
            fixedTimeStep=1.0 / self._sim.physics_rate, numSolverIterations=SOLVER_ITERATIONS,
            deterministicOverlappingPairs=1,
        )
        self.client.setGravity(0, 0, -GRAVITY)
        self.steps = 0

    def step(self, count: int = 1) -> None:
        """Advance the physics by `count` steps."""
        for _ in range(count):
            self.client.stepSimulation()
        self.steps += count

    def add_shape(
        self, kind: int, size: Mapping[str, object], color: Vector | None,
        offset: Vector = (0.0, 0.0, 0.0), turn: Vector = (0.0, 0.0, 0.0),
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
        shape: int = self.client.createCollisionShape(
            kind, **collision, collisionFramePosition=offset, collisionFrameOrientation=quaternion,
        )
        if color is None:
            return shape, -1
        visual: int = self.client.createVisualShape(
            kind, **size, visualFramePosition=offset, visualFrameOrientation=quaternion,
            rgbaColor=[*color, 1.0], specularColor=SHINE,
        )
        return shape, visual

    def add_body(self, shapes: tuple[int, int], position: Vector, mass: float = 0.0) -> int:
        """Create a body from a collision and a visual shape; mass 0 makes it static."""
        # A plain rigid body (maximal coordinates) costs half the time of a one-link multi-body.
        body: int = self.client.createMultiBody(
            mass, *shapes, position, useMaximalCoordinates=True,
        )
        return body

    def add_box(self, low: Vector, high: Vector, color: Vector | None) -> int:
        """Create a static box between two corners."""
        low, high = np.asarray(low), np.asarray(high)
        size: dict[str, object] = {'halfExtents': list((high - low) / 2)}
        body = self.add_body(self.add_shape(pybullet.GEOM_BOX, size, color), (low + high) / 2)
        if color is None:  # pybullet draws the collision shape of a body without visual shape
            self.client.changeVisualShape(body, -1, rgbaColor=(0, 0, 0, 0))
        return body

    def add_phantom(self, low: Vector, high: Vector, color: Vector) -> int:
        """Create a static box between two corners that is seen and touches nothing."""
        low, high = np.asarray(low), np.asarray(high)
        visual: int = self.client.createVisualShape(
            pybullet.GEOM_BOX, halfExtents=list((high - low) / 2), rgbaColor=[*color, 1.0],
            specularColor=SHINE,
        )
        return self.add_body((-1, visual), (low + high) / 2)

    def close(self) -> None:
        """Disconnect; closing twice does nothing."""
        if self.client.isConnected():
            self.client.disconnect()


def rotation(turn: Vector) -> Float[np.ndarray, '3 3']:
    """Return the rotation by roll, pitch and yaw [rad]."""
    return rotation_of(pybullet.getQuaternionFromEuler(turn))


def rotation_of(quaternion: Sequence[float]) -> Float[np.ndarray, '3 3']:
    """Return the rotation by a quaternion (x, y, z, w)."""
    return np.reshape(pybullet.getMatrixFromQuaternion(quaternion), (3, 3))


def turn_of(matrix: Float[np.ndarray, '3 3']) -> Float[np.ndarray, '3']:
    """Return roll, pitch and yaw of a rotation [rad]."""
    return np.asarray(Rotation.from_matrix(matrix).as_euler('xyz'))
