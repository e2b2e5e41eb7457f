"""Driver of the simulated arm: position motors that action with the URDF's effort limits."""

import tempfile
from pathlib import Path

import numpy as np
import pybullet
from jaxtyping import Float

from foresight.errors import RobotError
from foresight.robots.arm import ArmModel
from foresight.sim.world import World, rotation_of

POSITION_GAIN, VELOCITY_GAIN = 0.3, 1.0
TOOL_DYNAMICS = {'lateralFriction': 0.5, 'restitution': 0.0}
Joints = Float[np.ndarray, ' joint']


class SimArm:
    """An arm fixed at the origin of `base_link`; joints are matched by name.

    When commands stop, the motors hold the last commanded position.
    """

    def __init__(self, arm: ArmModel) -> None:
        """Keep the arm's URDF; `spawn` puts the arm into a world."""
        self.joint_names, self._frame = arm.joint_names, arm.tool_frame
        self._folder = tempfile.TemporaryDirectory(prefix='foresight_urdf_')
        self._path = Path(self._folder.name) / 'arm.urdf'
        self._path.write_text(arm.urdf)

    def spawn(self, world: World, positions: Joints) -> None:
        """Load the arm into an empty world, at rest at `positions` [rad]."""
        self._client = world.client
        self.body = world.client.loadURDF(str(self._path), useFixedBase=True)
        self._read_joints()
        world.client.changeDynamics(self.body, self._tool, **TOOL_DYNAMICS)
        for index, position in zip(self._indices, positions, strict=True):
            world.client.resetJointState(self.body, index, position, 0.0)
        self.command(positions, np.zeros(len(positions)))

    def _read_joints(self) -> None:
        indices = range(self._client.getNumJoints(self.body))
        infos = [self._client.getJointInfo(self.body, index) for index in indices]
        joints = {info[1].decode(): info for info in infos}
        self._indices = [joints[name][0] for name in self.joint_names]
        self._efforts = [joints[name][10] for name in self.joint_names]
        self._tool = next(info[0] for info in infos if info[12].decode() == self._frame)

    def command(self, positions: Joints, velocities: Joints) -> None:
        """Set the motor targets [rad] and [rad/s], in the order of `joint_names`.

        Raises:
            RobotError: If a target is missing or not finite; the arm then holds.
        """
        count = len(self._indices)
        finite = np.isfinite(positions).all() and np.isfinite(velocities).all()
        if len(positions) != count or len(velocities) != count or not finite:
            self.hold()
            raise RobotError(f'a command needs {count} finite positions and velocities: '
                             f'got {positions} and {velocities}; the arm holds')
        self._target = np.array(positions, dtype=float)
        self._send(self._target, velocities)

    def hold(self) -> None:
        """Stay at the last commanded position."""
        self._send(self._target, np.zeros(len(self._target)))

    def _send(self, positions: Joints, velocities: Joints) -> None:
        count = len(self._indices)
        self._client.setJointMotorControlArray(
            self.body, self._indices, pybullet.POSITION_CONTROL, targetPositions=positions,
            targetVelocities=velocities, forces=self._efforts,
            positionGains=[POSITION_GAIN] * count, velocityGains=[VELOCITY_GAIN] * count,
        )

    def states(self) -> tuple[Joints, Joints]:
        """Return measured positions [rad] and velocities [rad/s]."""
        states = self._client.getJointStates(self.body, self._indices)
        return np.array([state[0] for state in states]), np.array([state[1] for state in states])

    def tool_pose(self) -> Float[np.ndarray, '4 4']:
        """Return the measured pose of the tool in `base_link`."""
        state = self._client.getLinkState(self.body, self._tool, computeForwardKinematics=True)
        pose = np.eye(4)
        pose[:3, :3], pose[:3, 3] = rotation_of(state[5]), state[4]
        return pose

    def close(self) -> None:
        """Remove the temporary URDF file."""
        self._folder.cleanup()
