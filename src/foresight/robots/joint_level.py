"""The joint level: a quadratic program that turns tool poses into joint commands.

Every command solves pink's differential inverse kinematics: follow the next tool pose, keep the
held joints where they are, within limits of joint position, velocity and acceleration and above
the table.
"""

from dataclasses import dataclass

import numpy as np
import pinocchio as pin
from jaxtyping import Float
from pink import Configuration, solve_ik
from pink.exceptions import PinkError
from pink.tasks import FrameTask, PostureTask

from foresight.errors import RobotError
from foresight.robots.arm import ArmModel
from foresight.robots.qp_limits import JointBox, TableMargin
from foresight.robots.tool_path import ToolPath
from foresight.robots.trajectory import JointPath
from foresight.settings import Checked, setting


@dataclass(frozen=True)
class JointLevelConfig(Checked):
    """Joint level: the QP that turns tool poses into joint commands."""

    rate: float = setting(100.0, 'command rate', 'Hz', 20.0, 1000.0)
    position_margin: float = setting(0.05, 'distance kept from joint limits', 'rad', 0.0, 0.5)
    velocity_scale: float = setting(0.9, 'share of the URDF joint velocity limits', '', 0.05, 1.0)
    acceleration_scale: float = setting(
        1.0, "share of the robot's joint acceleration limit", '', 0.05, 1.0
    )
    table_margin: float = setting(0.002, 'lowest tool tip height above the table', 'm', 0.0, 0.05)
    position_tolerance: float = setting(0.01, 'tool error that fails a motion', 'm', 0.001, 0.05)
    angle_tolerance: float = setting(
        0.10, 'tool orientation error that fails a motion', 'rad', 0.01, 0.5
    )


# Cost of 1 rad of the held joints, where 1 m of tool displacement costs 1.
_POSTURE_COST = 0.05
# 1 rad of tool rotation costs as much as this many metres of tool displacement.
_ROTATION_COST = 0.2
# Speed at which the tool may approach the table, per metre above it [1/s].
_TABLE_GAIN = 50.0


class JointLevel:
    """Tracks tool paths with the arm, from the commanded positions (never the measured ones)."""

    def __init__(self, arm: ArmModel, config: JointLevelConfig) -> None:
        """Set up tasks and limits once; `track` reuses them."""
        self.arm, self.config = arm, config
        self._step = 1.0 / config.rate
        self._configuration = Configuration(
            arm.model, arm.model.createData(), np.array(arm.retract), copy_data=False,
        )
        self._frame = FrameTask(arm.tool_frame, 1.0, _ROTATION_COST)
        posture = PostureTask(1.0)
        posture.cost = _POSTURE_COST * np.isin(arm.joint_names, arm.held)
        posture.set_target(np.array(arm.retract))
        self._tasks = [self._frame, posture]
        self._joints = JointBox(
            arm.position_low + config.position_margin, arm.position_high - config.position_margin,
            config.velocity_scale * arm.velocity_limit,
            config.acceleration_scale * arm.acceleration_limit,
        )
        table = TableMargin(arm.tool_frame, config.table_margin, _TABLE_GAIN)
        self._limits = [self._joints, table]

    def track(self, path: ToolPath, start: Float[np.ndarray, ' joint']) -> JointPath:
        """Follow a tool path from rest at `start` [rad].

        Raises:
            RobotError: If `start` is outside the limits, or the tool strays from the path by
                more than the tolerances.
        """
        self.arm.check_positions(start)
        count = round(path.duration / self._step)
        times = np.arange(count + 1) * self._step
        targets = _resample(path, times)
        positions, tool = np.empty((count + 1, len(start))), np.empty((count + 1, 4, 4))
        positions[0], velocity = start, np.zeros(len(start))
        for index, time in enumerate(times):
            if index:
                velocity = self._solve(targets[index], velocity, float(time))
                positions[index] = positions[index - 1] + velocity * self._step
            self._configuration.update(positions[index])
            pose = self._configuration.get_transform_frame_to_world(self.arm.tool_frame)
            tool[index] = pose.homogeneous
        self._check(tool, targets, times)
        velocities = np.diff(positions, axis=0, prepend=positions[:1]) / self._step
        return JointPath(times, positions, velocities, tool)

    def _solve(
        self, target: Float[np.ndarray, '4 4'], velocity: Float[np.ndarray, ' joint'], time: float,
    ) -> Float[np.ndarray, ' joint']:
        """Solve one program: the next joint velocity."""
        self._frame.transform_target_to_world = pin.SE3(target)
        self._joints.last = velocity
        try:
            solution: Float[np.ndarray, ' joint'] = solve_ik(
                self._configuration, self._tasks, self._step, 'daqp', limits=self._limits,
            )
        except PinkError as error:
            raise RobotError(f'no joint velocity keeps the limits at {time:.2f} s') from error
        return solution

    def _check(
        self, tool: Float[np.ndarray, 'time 4 4'], targets: Float[np.ndarray, 'time 4 4'],
        times: Float[np.ndarray, ' time'],
    ) -> None:
        """Raise RobotError where the tool is first too far from its target."""
        offsets = np.linalg.norm(tool[:, :3, 3] - targets[:, :3, 3], axis=1)
        # For small angles the Frobenius distance of two rotations is sqrt(2) times the angle.
        gaps = np.linalg.norm(tool[:, :3, :3] - targets[:, :3, :3], axis=(1, 2))
        angles = gaps / np.sqrt(2.0)
        astray = offsets > self.config.position_tolerance
        astray |= angles > self.config.angle_tolerance
        if astray.any():
            at = int(astray.argmax())
            raise RobotError(
                f'the tool strays {1e3 * offsets[at]:.0f} mm and {angles[at]:.2f} rad at '
                f'{times[at]:.2f} s: the path leaves the reach or is too fast for the joints'
            )


def _resample(path: ToolPath, times: Float[np.ndarray, ' time']) -> Float[np.ndarray, 'time 4 4']:
    """Poses at `times`; a path at the command rate passes unchanged."""
    if len(times) == len(path.times) and np.allclose(times, path.times - path.times[0]):
        return path.poses
    at = np.clip(np.searchsorted(path.times, times + path.times[0]), 1, len(path.times) - 1)
    poses = np.empty((len(times), 4, 4))
    for index, after in enumerate(at):
        span = path.times[after] - path.times[after - 1]
        share = float(np.clip((times[index] + path.times[0] - path.times[after - 1]) / span, 0, 1))
        pose = pin.SE3.Interpolate(
            pin.SE3(path.poses[after - 1]), pin.SE3(path.poses[after]), share,
        )
        poses[index] = pose.homogeneous
    return poses
