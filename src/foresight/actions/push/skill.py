"""The macro-action `push`, from four numbers to joint commands."""

import math
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float

from foresight.actions.push.action import Push
from foresight.actions.push.path import push_path, push_stations
from foresight.actions.push.settings import PushConfig
from foresight.actions.stages import Joints, vertical_duration
from foresight.errors import RobotError
from foresight.robots.arm import ArmModel
from foresight.robots.joint_level import JointLevel, JointLevelConfig
from foresight.robots.kinematics import InverseKinematics
from foresight.robots.tool_path import ToolPath
from foresight.robots.trajectory import JointPath
from foresight.robots.travel import Travel, limits
from foresight.settings import SceneConfig

# A tool may be this much wider or narrower than what the world model has seen [m].
_WIDTH_SLACK = 0.02
# Cosine of the tilt from which a tool no longer counts as vertical.
_VERTICAL = 0.99
# No sweep is slower [m/s], none more gentle [m/s^2].
_SLOWEST, _GENTLEST = 0.05, 0.5
# From here on the search for joints begins turned; no more than half a turn less a quarter [rad].
_FAR_ASIDE = 1.1


@dataclass(frozen=True)
class PushMotion:
    """A push that the arm can carry out.

    Attributes:
        joint_path: Commands from the start to the retract pose.
        sweep_start: When the tool starts to move along the heading [s].
        sweep_end: When it has covered the length [s].
        tool_path: The path that the commands track.
    """

    joint_path: JointPath
    sweep_start: float
    sweep_end: float
    tool_path: ToolPath


class PushSkill:
    """Plans pushes: approach, lower, sweep, lift, retract."""

    def __init__(
        self, arm: ArmModel, scene: SceneConfig, config: PushConfig, joint_level: JointLevelConfig,
    ) -> None:
        """Set up the joint level once; `plan` reuses it.

        Raises:
            RobotError: If the arm's tool is none to push with.
        """
        _check_tool(arm, config)
        self.arm, self.scene, self.config = arm, scene, config
        self._slower = replace(
            config, sweep_speed=max(config.sweep_speed / 2, _SLOWEST),
            acceleration=max(config.acceleration / 4, _GENTLEST),
        )
        self._retract = np.array(arm.retract)
        self.joint_level = JointLevel(arm, joint_level)
        self._limits = limits(arm, joint_level, config.travel_scale)
        self._kinematics = InverseKinematics(arm, joint_level.position_margin)

    def plan(
        self, action: Float[np.ndarray, ' 4'], start: Joints, finish: Joints | None = None,
    ) -> PushMotion:
        """Plan a push from rest to rest, swept slower and gentler where the joints cannot keep up.

        Args:
            action: What to do on the table: the numbers of a push.
            start: Joints at the start [rad].
            finish: Joints at the end [rad], arm in plane and tool lifted; the retract pose if
                left out.

        Raises:
            RobotError: If the tool is not vertical and above the table's objects at `start`, or
                if the arm cannot reach or track the path.
        """
        self._check_start(start)
        push = Push.from_array(action)
        above, touch, lift, beyond = (
            self._kinematics.reach(pose, self._facing(pose))
            for pose in push_stations(push, self.config, self.arm.axis)
        )
        approach = Travel.between(start, above, *self._limits)
        end = self._retract if finish is None else finish
        retract = Travel.between(beyond, end, *self._limits)
        verticals = self._vertical(above, touch), self._vertical(lift, beyond)

        def motion(config: PushConfig) -> PushMotion:
            rate = self.joint_level.config.rate
            path, sweep = push_path(push, (approach, retract), verticals, self.arm, config, rate)
            return PushMotion(self.joint_level.track(path, start), sweep.start, sweep.end, path)

        try:
            return motion(self.config)
        except RobotError:
            return motion(self._slower)

    def _facing(self, pose: Float[np.ndarray, '4 4']) -> Joints:
        """Return where the search for a pose begins: at retract, turned to what is far aside.

        Where arm and tool have to turn by half a turn together, it may end in bent postures.
        """
        ahead, aside = self.arm.table_from_base[:2, :2].T @ (pose[:2, 3] - self.arm.axis)
        turn, seed = math.atan2(aside, ahead), self._retract.copy()
        seed[0] += turn if abs(turn) > _FAR_ASIDE else 0.0
        return seed

    def _vertical(self, start: Joints, goal: Joints) -> float:
        """Time to lower or lift [s]."""
        config, drop = self.config, self.config.clearance - self.config.tool_height
        speed, acceleration = config.vertical_speed, config.acceleration
        return vertical_duration((start, goal), self._limits, drop, speed, acceleration)

    def _check_start(self, start: Joints) -> None:
        """Raise RobotError if a push cannot begin at `start`."""
        self.arm.check_positions(start)
        pose = self.arm.tool_pose(start)
        if pose[2, 2] > -_VERTICAL or pose[2, 3] < self.config.clearance - 1e-3:
            raise RobotError('a push starts with the tool vertical and lifted: retract first')


def _check_tool(arm: ArmModel, config: PushConfig) -> None:
    """Raise RobotError for a tool without a plate, or with another than pushes are drawn with."""
    if not arm.tool.face:
        raise RobotError(f'nothing stands across a push at {arm.tool_frame} of {arm.name}: mount '
                         'a tool with a plate, such as the paddle')
    if abs(arm.tool.width - config.paddle_width) > _WIDTH_SLACK:
        raise RobotError(f'the tool of {arm.name} is {arm.tool.width:.2f} m wide, pushes are '
                         f'drawn {config.paddle_width:.2f} m wide: mount a tool as wide')
