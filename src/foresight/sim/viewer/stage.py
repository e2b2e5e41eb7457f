"""What the viewer camera looks at: what stays as it is, and what moves, in worlds of their own."""

from pathlib import Path

import numpy as np
import pybullet
import pybullet_data
from jaxtyping import Float
from scipy.spatial.transform import Rotation

from foresight.closing import Closing
from foresight.errors import ConfigError
from foresight.robots.arm import ArmModel
from foresight.settings import SceneConfig
from foresight.sim.appearance import Appearance
from foresight.sim.arm import SimArm
from foresight.sim.bodies import Bodies
from foresight.sim.objects import ObjectSpec
from foresight.sim.scene import build_scene
from foresight.sim.settings import SimConfig
from foresight.sim.world import World

INVISIBLE = (0.0, 0.0, 0.0, 0.0)
MAT = 0.004  # m, thickness of the floor that is drawn inside the rim
Joints = Float[np.ndarray, ' joint']


def furniture(sim: SimConfig, scene: SceneConfig, look: Appearance) -> World:
    """Build what never moves: table, bins, rim, and the floor inside the rim."""
    world = World(sim)
    build_scene(world, scene, look)
    (near, far), (right, left), floor = scene.view_x, scene.view_y, -scene.table_height
    world.add_phantom((near, right, floor - MAT), (far, left, floor), look.floor)
    return world


class Movers(Closing):
    """The arm as it really looks, and the objects; nothing here obeys any physics.

    Attributes:
        world: Where they are.
    """

    def __init__(self, sim: SimConfig, arm: ArmModel, specs: tuple[ObjectSpec, ...]) -> None:
        """Load them."""
        self.world, self._arm = World(sim), SimArm(arm)
        self._arm.spawn(self.world, arm.retract)
        self._client = self.world.client
        self._bodies = Bodies(self.world, specs, np.zeros((len(specs), 3)))
        self._poses = [self._joints_of(self._arm.body, arm.joint_names)]
        if arm.look:
            self._dress(arm)

    def _joints_of(self, body: int, names: tuple[str, ...]) -> tuple[int, list[int]]:
        """Return a body and where these joints are in it."""
        count = self._client.getNumJoints(body)
        known = [self._client.getJointInfo(body, i)[1].decode() for i in range(count)]
        return body, [known.index(name) for name in names]

    def _dress(self, arm: ArmModel) -> None:
        """Show meshes instead of the primitives of the links that they stand for."""
        turn = Rotation.from_matrix(arm.table_from_base[:3, :3]).as_quat()
        body = self._client.loadURDF(
            str(mesh_file(arm.look)), arm.table_from_base[:3, 3], turn, useFixedBase=True,
        )
        count = self._client.getNumJoints(body)
        infos = [self._client.getJointInfo(body, index) for index in range(count)]
        turning = [info[0] for info in infos if info[2] == pybullet.JOINT_REVOLUTE]
        worn = turning[:len(arm.joint_names)]
        for index in (info[0] for info in infos if info[0] not in worn):
            self._client.changeVisualShape(body, index, rgbaColor=INVISIBLE)
        for index in self._poses[0][1]:
            self._client.changeVisualShape(self._arm.body, index, rgbaColor=INVISIBLE)
        self._poses.append((body, worn))

    @property
    def arms(self) -> tuple[int, ...]:
        """Bodies that are the arm."""
        return tuple(body for body, _ in self._poses)

    @property
    def objects(self) -> tuple[int, ...]:
        """Bodies of the objects."""
        return self._bodies.ids

    def place(
        self, joints: Joints, positions: Float[np.ndarray, 'object 3'],
        orientations: Float[np.ndarray, 'object 4'],
    ) -> None:
        """Put the arm [rad] and the objects [m, quaternion] where they were."""
        for body, indices in self._poses:
            for index, position in zip(indices, joints, strict=True):
                self._client.resetJointState(body, index, position)
        for body, position, turn in zip(self._bodies.ids, positions, orientations, strict=True):
            self._client.resetBasePositionAndOrientation(body, position, turn)

    def corners(self) -> Float[np.ndarray, 'corner 3']:
        """Return the corners of boxes around everything [m]."""
        boxes = [self._client.getAABB(body) for body in self._bodies.ids]
        for body, _ in self._poses:
            links = range(-1, self._client.getNumJoints(body))
            boxes += [self._client.getAABB(body, link) for link in links]
        corners = [
            np.stack(np.meshgrid(*zip(low, high, strict=True)), axis=-1).reshape(-1, 3)
            for low, high in boxes
        ]
        return np.concatenate(corners).astype(np.float32)

    def close(self) -> None:
        """Disconnect."""
        self.world.close()
        self._arm.close()


def mesh_file(look: str) -> Path:
    """Find the URDF with meshes of a robot, by its path or in pybullet_data.

    Raises:
        ConfigError: If there is none.
    """
    place = Path(pybullet_data.getDataPath()) / look
    if not place.is_file():
        raise ConfigError(f'look: there is no {look}, neither beside the file of the robot nor in '
                          'pybullet_data: correct it, or leave it out')
    return place
