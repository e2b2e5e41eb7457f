"""Stage: table, bin and floor with a few bodies that are simulated or put where a script says."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pybullet
from jaxtyping import Float, UInt8

from foresight.closing import Closing
from foresight.protocols import CameraView
from foresight.settings import SceneConfig
from foresight.sim.appearance import Appearance
from foresight.sim.bodies import Bodies
from foresight.sim.camera import render, sees
from foresight.sim.objects import ObjectSpec
from foresight.sim.scene import HARD, build_scene
from foresight.sim.settings import SimConfig
from foresight.sim.world import Vector, World
from foresight.world_model.observation.rectification import Rectifier

RATE = 10.0  # Hz, frames of a clip
GLIDE = 0.003  # Friction of an object on the table: it slides as on an air table.
GRIP = 0.5  # Friction while an object finds its rest.
SETTLE = 0.4  # s
# Frictions multiply: what falls stops on the floor, although it slides on the table.
CARPET = {'lateralFriction': 160.0, 'rollingFriction': 10.0, 'spinningFriction': 2.0}
LOOSE = {'rollingFriction': 0.0, 'spinningFriction': 0.0, 'linearDamping': 0.0}

Pose = Float[np.ndarray, '7']  # Position [m] and quaternion (x, y, z, w) in `base_link`.
Poses = Float[np.ndarray, 'frame 7']
Script = dict[int, Poses]  # Where each body is in each frame; bodies left out are away.


def still(pose: Pose, frames: int) -> Poses:
    """Return a body that does not move."""
    return np.tile(pose, (frames, 1))


def shifted(pose: Pose, offset: Float[np.ndarray, '2']) -> Pose:
    """Return a pose moved in the plane [m]."""
    return pose + np.array([*offset, 0.0, 0.0, 0.0, 0.0, 0.0])


class Stage(Closing):
    """One scene with one camera and light; owns a physics client.

    Attributes:
        sim: Object set, sizes and masses.
        scene: Table and floor.
        look: Colours and light.
        background: Rectified image of the scene without any body.
    """

    def __init__(
        self, sim: SimConfig, scene: SceneConfig, rectifier: Rectifier, view: CameraView,
        look: Appearance,
    ) -> None:
        """Build table, bin and floor."""
        self.sim, self.scene, self._view, self.look = sim, scene, view, look
        self._world = World(sim)
        static = build_scene(self._world, scene, look)
        for body in (static.ground, *static.bottoms):
            self._world.client.changeDynamics(body, -1, **CARPET)
        self._rectifier, self._bodies = rectifier, list[int]()
        self.background = self.show({}, 1)[0]

    def add_object(self, spec: ObjectSpec) -> int:
        """Create an object; it is away until a script or a simulation needs it."""
        gliding = replace(spec, friction=GLIDE)
        body = Bodies(self._world, (gliding,), np.zeros((1, 3))).ids[0]
        self._world.client.changeDynamics(body, -1, **LOOSE)
        return self._keep(body)

    def add_box(self, size: Vector, color: Vector) -> int:
        """Create a static box of a size [m], such as a block or a board."""
        half = np.asarray(size) / 2
        body = self._world.add_box(-half, half, color)
        self._world.client.changeDynamics(body, -1, **HARD)
        return self._keep(body)

    def _keep(self, body: int) -> int:
        self._bodies.append(body)
        self._put(body, None)
        return body

    def _put(self, body: int, pose: Pose | None, velocity: Vector = (0.0, 0.0, 0.0)) -> None:
        """Place a body, or put it out of sight and reach."""
        place = np.array([body, 0, -50, 0, 0, 0, 1.0]) if pose is None else pose
        self._world.client.resetBasePositionAndOrientation(body, place[:3], place[3:])
        self._world.client.resetBaseVelocity(body, list(velocity), (0, 0, 0))

    def settle(self, body: int, spec: ObjectSpec, spot: Float[np.ndarray, '3']) -> Pose:
        """Let an object come to rest at (x, y, yaw) on the empty table and return its pose."""
        height = spec.extents[2] / 2 + (0.004 if spec.mesh is None else 0.008)
        turn = pybullet.getQuaternionFromEuler((0, 0, spot[2]))
        self._world.client.changeDynamics(body, -1, lateralFriction=GRIP)
        steps = round(SETTLE * self.sim.physics_rate)
        start = {body: np.array([spot[0], spot[1], height, *turn])}
        pose = self.simulate(start, {}, 2, steps)[body][-1]
        self._world.client.changeDynamics(body, -1, lateralFriction=GLIDE)
        return pose

    def simulate(
        self, placed: Mapping[int, Pose], thrown: Mapping[int, Vector], frames: int,
        steps: int | None = None, gone: Mapping[int, int] | None = None,
    ) -> Script:
        """Let physics run from given poses and velocities; what is not placed is away.

        Args:
            placed: Pose of each body at the first frame.
            thrown: Velocity of the bodies that move at the first frame [m/s].
            frames: Frames to record.
            steps: Physics steps between frames; those of `RATE` if left out.
            gone: Frame from which on a body is away.
        """
        client, steps = self._world.client, steps or round(self.sim.physics_rate / RATE)
        for body in self._bodies:
            self._put(body, placed.get(body), thrown.get(body, (0.0, 0.0, 0.0)))
            client.changeDynamics(body, -1, activationState=pybullet.ACTIVATION_STATE_WAKE_UP)
        tracks: dict[int, list[Pose]] = {body: [] for body in placed}
        for frame in range(frames):
            if frame:
                self._world.step(steps)
            for body, last in (gone or {}).items():
                if frame == last:
                    self._put(body, None)
            for body, track in tracks.items():
                track.append(np.concatenate(client.getBasePositionAndOrientation(body)))
        return {body: np.array(track) for body, track in tracks.items()}

    def show(self, script: Script, frames: int) -> UInt8[np.ndarray, 'frame row column 3']:
        """Render a script, rectified."""
        images = []
        for frame in range(frames):
            self._pose_all(script, frame)
            image = render(self._world, self._view, self.look)
            images.append(self._rectifier.rectify(image, self._view))
        return np.stack(images)

    def sees(self, script: Script, frame: int, body: int) -> bool:
        """Tell whether the camera sees any of a body in one frame of a script."""
        self._pose_all(script, frame)
        return bool(sees(self._world, self._view, (body,)).any())

    def _pose_all(self, script: Script, frame: int) -> None:
        for body in self._bodies:
            self._put(body, script[body][frame] if body in script else None)

    def weigh(self, body: int, mass: float) -> None:
        """Change the mass of an object [kg]."""
        self._world.client.changeDynamics(body, -1, mass=mass)

    def close(self) -> None:
        """Disconnect the physics client; closing twice does nothing."""
        self._world.close()
