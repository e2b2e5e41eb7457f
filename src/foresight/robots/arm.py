"""The arm as Pinocchio sees it: joint order, limits, kinematics."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
import pinocchio as pin
import yaml
from jaxtyping import Float

from foresight.errors import ConfigError, RobotError
from foresight.files import share
from foresight.robots.description import load_urdf
from foresight.settings import Checked, setting


@dataclass(frozen=True)
class RobotConfig(Checked):
    """Arm that the nodes work with."""

    robot: str = setting('config/robots/panda.yaml', 'file, by itself or inside this package')
    view_delay: float = setting(
        0.1, 'the view counts as free this long after the arm came to rest at retract',
        's', 0.0, 5.0,
    )


Zone = tuple[float, float, float, float]


@dataclass(frozen=True)
class RobotFile:
    """What `config/robots/<robot>.yaml` says.

    Attributes:
        name: Name of the robot.
        description: Path of its xacro file in this package.
        base_frame: Frame of every pose.
        tool_frame: Frame that a tool path moves.
        joints: Joint names, in the order of every vector of positions.
        retract: Positions that keep the arm out of the camera's view of the table [rad].
        keep_out: Name and x low, x high, y low, y high of each zone that no push may sweep [m].
    """

    name: str
    description: str
    base_frame: str
    tool_frame: str
    joints: tuple[str, ...]
    retract: tuple[float, ...]
    keep_out: tuple[tuple[str, Zone], ...] = ()

    @classmethod
    def read(cls, path: Path) -> 'RobotFile':
        """Read the file strictly.

        Raises:
            ConfigError: If a key is unknown or missing, `retract` does not fit `joints`, or a
                zone is not four numbers.
        """
        content: dict[str, Any] = yaml.safe_load(path.read_text())
        known = {item.name for item in fields(cls)}
        if not isinstance(content, dict) or {'keep_out', *content} != known:
            wrong = sorted(known ^ {'keep_out', *(content or ())})
            raise ConfigError(f'{path.name}: unknown or missing keys: {", ".join(wrong)}')
        values: dict[str, Any] = {
            key: tuple(value) if isinstance(value, list) else value
            for key, value in content.items()
        }
        values['keep_out'] = _zones(content.get('keep_out', {}), path.name)
        if len(values['retract']) != len(values['joints']):
            raise ConfigError(f'{path.name}: retract needs one position for each of joints')
        return cls(**values)


def _zones(content: Any, where: str) -> tuple[tuple[str, Zone], ...]:
    """Read the zones that no push may sweep."""
    if not isinstance(content, dict):
        raise ConfigError(f'{where}: keep_out is a mapping; write {{}} for no zone')
    return tuple(
        (str(name), _zone(zone, f'{where}: keep_out: {name}')) for name, zone in content.items()
    )


def _zone(content: Any, where: str) -> Zone:
    """Read one zone."""
    if not isinstance(content, list) or len(content) != 4 or not all(
        isinstance(number, (int, float)) and np.isfinite(number) for number in content
    ):
        raise ConfigError(f'{where}: give x low, x high, y low, y high [m]')
    x_low, x_high, y_low, y_high = map(float, content)
    return x_low, x_high, y_low, y_high


class ArmModel:
    """Kinematics and limits of the arm, read from its URDF.

    Attributes:
        joint_names: Joint names, in the order of every vector of positions.
        position_low: Lower position limits [rad].
        position_high: Upper position limits [rad].
        velocity_limit: Velocity limits [rad/s].
        retract: Positions that keep the arm out of the camera's view [rad].
        keep_out: Zones that no push may sweep: name and x low, x high, y low, y high [m].
        base_frame: Frame of every pose.
        tool_frame: Frame that `tool_pose` returns.
        model: The Pinocchio model.
        urdf: URDF text.
    """

    def __init__(self, urdf: str, robot: RobotFile) -> None:
        """Build the model from URDF text and the robot's file.

        Raises:
            RobotError: If the URDF lacks a joint or frame of the file, orders the joints
                otherwise, or the retract positions are outside its limits.
        """
        self.model, self.urdf = pin.buildModelFromXML(urdf), urdf
        self.joint_names = robot.joints
        self.base_frame, self.tool_frame = robot.base_frame, robot.tool_frame
        self.retract = _frozen(robot.retract)
        self.keep_out = robot.keep_out
        self._check(robot)
        self.position_low = _frozen(self.model.lowerPositionLimit)
        self.position_high = _frozen(self.model.upperPositionLimit)
        self.velocity_limit = _frozen(self.model.velocityLimit)
        self._tool = self.model.getFrameId(robot.tool_frame)
        self._data = self.model.createData()
        self.check_positions(self.retract)

    @classmethod
    def load(
        cls, path: str | Path = 'config/robots/panda.yaml', tool: str = 'paddle',
    ) -> 'ArmModel':
        """Load a robot by its file, given by a path of its own or inside this package."""
        robot = RobotFile.read(Path(path) if Path(path).is_file() else share(str(path)))
        return cls(load_urdf(tool, robot.description), robot)

    def tool_pose(self, positions: Float[np.ndarray, ' joint']) -> Float[np.ndarray, '4 4']:
        """Pose of the tool in `base_link`, homogeneous [m]."""
        pin.forwardKinematics(self.model, self._data, positions)
        pose = pin.updateFramePlacement(self.model, self._data, self._tool)
        return np.asarray(pose.homogeneous)

    def reorder(
        self, names: Sequence[str], values: Iterable[float],
    ) -> Float[np.ndarray, ' joint']:
        """Bring values that came with joint names into this arm's order.

        Raises:
            RobotError: If a joint is missing or its value is not finite; names the joint.
        """
        found = dict(zip(names, values, strict=False))
        for name in self.joint_names:
            if name not in found:
                expected = ', '.join(self.joint_names)
                raise RobotError(f'{name} is missing: publish all of {expected}')
            if not np.isfinite(found[name]):
                raise RobotError(f'{name} is {found[name]}: check the joint state source')
        return np.array([found[name] for name in self.joint_names], dtype=float)

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


def _frozen(values: Iterable[float]) -> Float[np.ndarray, ' joint']:
    """Copy into an array nobody can change."""
    array = np.array(values, dtype=float)
    array.setflags(write=False)
    return array
