"""The arm as Pinocchio sees it: joint order, limits, kinematics."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pinocchio as pin
from jaxtyping import Float

from foresight.errors import RobotError
from foresight.reading import damaged
from foresight.robots.description import TABLE, Stand, load_urdf, standing
from foresight.robots.robot_file import RobotConfig, RobotFile
from foresight.robots.tool import Tool
from foresight.robots.zones import Zone
from foresight.settings import SceneConfig

_UPRIGHT = 0.999  # least vertical component of the first joint's axis


class ArmModel:
    """Kinematics and limits of the arm, read from its URDF.

    Attributes:
        name: Name of the robot.
        joint_names: Joint names, in the order of every vector of positions.
        position_low: Lower position limits [rad].
        position_high: Upper position limits [rad].
        velocity_limit: Velocity limits [rad/s].
        acceleration_limit: Acceleration limits [rad/s^2].
        jerk_limit: Limits of the change of acceleration [rad/s^3].
        retract: Positions that keep the arm out of the camera's view [rad].
        held: Joints that stay where they are at `retract`.
        keep_out: Zones that no action may sweep: name and x low, x high, y low, y high [m].
        workspace: Box that whatever of the arm moves stays in: x low, x high, y low, y high, z
            low, z high [m]; None bounds nothing.
        look: URDF with meshes that films show instead; empty if there is none.
        base_frame: Frame of every pose: that of the table, which is the arm's own base unless
            it has a stand.
        table_from_base: Where the arm's own base is, homogeneous [m].
        tool_frame: Frame that `tool_pose` returns.
        tool: Size of the tool.
        axis: Where the first joint stands in `base_link`, turning about the vertical [m].
        model: The Pinocchio model.
        urdf: URDF text.
        made_of: URDF text and file that it was made of; equal for arms that are alike.
    """

    def __init__(self, urdf: str, robot: RobotFile) -> None:
        """Build the model from URDF text and the robot's file.

        Raises:
            RobotError: If the URDF lacks a joint or frame of the file, orders the joints
                otherwise, the first joint is not vertical, or the retract positions are outside
                its limits.
        """
        self.model, self.urdf, self.name = _build(urdf, robot.name), urdf, robot.name
        self.made_of = urdf, robot
        self.joint_names, self.held = robot.joints, robot.held
        self.base_frame, self.tool_frame = robot.base_frame, robot.tool_frame
        self.retract = _frozen(robot.retract)
        self.keep_out, self.workspace, self.look = robot.keep_out, robot.workspace, robot.look
        self._check(robot)
        more = robot.joint_limits
        self.position_low = _frozen(np.maximum(self.model.lowerPositionLimit, more.low))
        self.position_high = _frozen(np.minimum(self.model.upperPositionLimit, more.high))
        self.velocity_limit = _frozen(np.minimum(self.model.velocityLimit, more.velocity))
        self.acceleration_limit = _frozen(robot.acceleration)
        self.jerk_limit = _frozen(robot.jerk)
        self._tool = self.model.getFrameId(robot.tool_frame)
        self._data = self.model.createData()
        self.check_positions(self.retract)
        self.tool = Tool.of(self.model, urdf, robot.tool_frame)
        self.axis = self._first_axis()
        self.table_from_base = self._base(robot)

    @classmethod
    def load(
        cls, robot: str | Path = RobotConfig.robot, stand: Stand = SceneConfig.stand,
    ) -> 'ArmModel':
        """Load a robot of the package by its name, or any by its folder or file.

        Args:
            robot: Name, folder or file.
            stand: Where its base stands in the frame of the table: x, y, height [m], turn [rad].
        """
        file = RobotFile.read(robot)
        urdf = load_urdf(file)
        with damaged(file.description, 'mend the URDF', RobotError):
            if stand == SceneConfig.stand:
                return cls(urdf, file)
            return cls(standing(urdf, file.base_frame, stand), replace(file, base_frame=TABLE))

    def forbid(self, name: str, zone: Zone) -> None:
        """Keep out of one more zone: x low, x high, y low, y high [m]."""
        self.keep_out = (*self.keep_out, (name, zone))

    def tool_pose(self, positions: Float[np.ndarray, ' joint']) -> Float[np.ndarray, '4 4']:
        """Pose of the tool in `base_link`, homogeneous [m]."""
        pin.forwardKinematics(self.model, self._data, positions)
        pose = pin.updateFramePlacement(self.model, self._data, self._tool)
        return np.asarray(pose.homogeneous)

    def flange_pose(
        self, flange: str, positions: Float[np.ndarray, ' joint'],
    ) -> Float[np.ndarray, '4 4']:
        """Pose of the link that carries the tool in `base_link`, homogeneous [m]."""
        pin.forwardKinematics(self.model, self._data, positions)
        pose = pin.updateFramePlacement(self.model, self._data, self.model.getFrameId(flange))
        return np.asarray(pose.homogeneous)

    @property
    def links(self) -> frozenset[str]:
        """Names of the frames whose place `flange_pose` finds."""
        return frozenset(frame.name for frame in self.model.frames)

    def check_positions(self, positions: Float[np.ndarray, ' joint'], slack: float = 1e-6) -> None:
        """Raise RobotError naming the first joint that is outside its limits or not finite."""
        limits = zip(
            self.joint_names, positions, self.position_low, self.position_high, strict=True,
        )
        for name, value, low, high in limits:
            if not low - slack <= value <= high + slack:
                raise RobotError(f'{name} = {value:.3f} rad is outside [{low:.3f}, {high:.3f}]')

    def _check(self, robot: RobotFile) -> None:
        """Hold the robot's file against the URDF."""
        named = tuple(self.model.names)[1:]
        if named != robot.joints:
            raise RobotError(f'the URDF has joints {", ".join(named)}: name them in this order')
        for frame in (robot.base_frame, robot.tool_frame):
            if not self.model.existFrame(frame):
                raise RobotError(f'the URDF has no frame {frame}')
        base = self.model.frames[self.model.getFrameId(robot.base_frame)]
        if base.parentJoint != 0 or not base.placement.isIdentity(1e-9):
            raise RobotError(f'{robot.base_frame} is not where the URDF begins: poses are in its '
                             'root, in the table plane')

    def _base(self, robot: RobotFile) -> Float[np.ndarray, '4 4']:
        """Find where the arm's own base is."""
        if robot.base_frame != TABLE:
            return np.eye(4)
        stand = self.model.frames[self.model.getFrameId('stand', pin.FrameType.FIXED_JOINT)]
        return np.asarray(stand.placement.homogeneous)

    def _first_axis(self) -> tuple[float, float]:
        """Find where the first joint stands [m]."""
        jacobian = pin.computeJointJacobians(self.model, self._data, np.array(self.retract))
        if abs(jacobian[5, 0]) < _UPRIGHT:
            raise RobotError(f'{self.joint_names[0]} does not turn about the vertical: an arm '
                             'works on the table that it stands upright beside')
        x, y, _ = self._data.oMi[1].translation
        return float(x), float(y)


def _build(urdf: str, name: str) -> pin.Model:
    """Read URDF text."""
    try:
        return pin.buildModelFromXML(urdf)
    except ValueError as error:
        raise RobotError(f'the URDF of {name} cannot be used: {error}') from error


def _frozen(values: Iterable[float]) -> Float[np.ndarray, ' joint']:
    """Copy into an array nobody can change."""
    array = np.array(values, dtype=float)
    array.setflags(write=False)
    return array
