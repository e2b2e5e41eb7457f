"""The robot's file, `config/robots/<robot>/robot.yaml`: what its URDF does not say."""

from dataclasses import MISSING, dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np

from foresight.errors import ConfigError
from foresight.files import share
from foresight.reading import damaged
from foresight.robots.moveit_limits import MoveItLimits
from foresight.robots.zones import Box, Zone, read_box, read_zones
from foresight.settings import Checked, read_mapping, setting

FILE = 'robot.yaml'
ACCELERATION = 12.0  # of a joint whose maker publishes none [rad/s^2]
JERK = 500.0  # jerk of a joint in accelerations: what Franka publishes of its own [1/s]
SHORTEST, LONGEST = 0.07, 0.5  # way from the flange to the tip of a tool [m]
_LISTS = {
    'joints': (str, 'a list of names'), 'held': (str, 'a list of names'),
    'retract': (int | float, 'a list of numbers [rad]'),
}
_POSE = 6  # degrees of freedom of a pose; a joint more leaves the arm a choice


@dataclass(frozen=True)
class RobotConfig(Checked):
    """Arm that the nodes work with."""

    robot: str = setting('panda', 'name of a robot of the package, its folder, or its file')
    joint_prefix: str = setting('', 'what the driver of the arm puts before each joint name')
    view_delay: float = setting(
        0.1, 'the view counts as free this long after the arm came to rest at retract',
        's', 0.0, 5.0,
    )


def prefixed(names: tuple[str, ...], prefix: str) -> tuple[str, ...]:
    """Return joint names as a driver calls them that puts a prefix before them."""
    return tuple(prefix + name for name in names)


@dataclass(frozen=True)
class RobotFile:
    """A robot as data.

    Attributes:
        name: Name of the robot.
        description: Its URDF or xacro file.
        base_frame: Frame of every pose.
        tool_frame: Frame that a tool path moves: z along the tool, x the direction of an action.
        joints: Joint names, in the order of every vector of positions.
        retract: Positions that keep the arm out of the camera's view of the table [rad].
        held: Joints that stay where they are at `retract`; by default, of more than six
            joints, those after the second.
        tool: Name of the tool that is mounted; None if the description brings its own.
        flange: Link that the tool is mounted on.
        tool_reach: Way from the flange to the tip of the tool [m]; None = as the tool is drawn.
        acceleration: Largest acceleration of each joint [rad/s^2].
        jerk: Largest change of the acceleration of each joint [rad/s^3].
        joint_limits: What MoveIt's `joint_limits.yaml` says of the joints; the narrower limit
            counts.
        keep_out: Name and x low, x high, y low, y high of each zone that no action may sweep [m].
        workspace: x low, x high, y low, y high, z low, z high of the box that whatever of the arm
            moves stays in [m]; None bounds nothing.
        look: URDF with meshes that films show instead, beside this file or in pybullet_data,
            with the same joints in the same order; empty shows the description itself.
    """

    name: str
    description: Path
    base_frame: str
    tool_frame: str
    joints: tuple[str, ...]
    retract: tuple[float, ...]
    held: tuple[str, ...] = ()
    tool: str | None = None
    flange: str | None = None
    tool_reach: float | None = None
    acceleration: tuple[float, ...] = ()
    jerk: tuple[float, ...] = ()
    joint_limits: MoveItLimits = MoveItLimits.none(0)
    keep_out: tuple[tuple[str, Zone], ...] = ()
    workspace: Box | None = None
    look: str = ''

    @classmethod
    def read(cls, robot: str | Path) -> 'RobotFile':
        """Read a robot's file strictly.

        Args:
            robot: Name of a robot of the package, its folder, or its file.

        Raises:
            ConfigError: If there is no such file, a key is unknown or missing, or values do not
                go together.
        """
        path = find_robot(robot)
        with damaged(path, 'see docs/extend/robot.md', ConfigError):
            return cls._read(path)

    @classmethod
    def _read(cls, path: Path) -> 'RobotFile':
        """Read a file."""
        content = read_mapping(path, tuple(item.name for item in fields(cls)))
        for item in fields(cls):
            if item.default is MISSING and item.name not in content:
                raise ConfigError(f'{path}: {item.name} is missing')
        values = {key: _value(key, value, path) for key, value in content.items()}
        joints = values['joints']
        values.setdefault('held', joints[2:2 + max(len(joints) - _POSE, 0)])
        values['description'] = path.parent / Path(values['description']).expanduser()
        look = path.parent / Path(values.get('look', '')).expanduser()
        if look.is_file():
            values['look'] = str(look)
        _set_limits(values, path)
        made = cls(**values)
        made._check(path)
        return made

    def _check(self, path: Path) -> None:
        """Raise ConfigError where values do not go together."""
        if len(self.retract) != len(self.joints):
            raise ConfigError(f'{path}: retract needs one position for each of joints')
        if not set(self.held) <= set(self.joints):
            raise ConfigError(f'{path}: held names a joint that is not among joints')
        if len(self.joints) - len(self.held) > _POSE:
            raise ConfigError(f'{path}: {len(self.joints)} joints reach a pose in many ways: say '
                              'in held which of them stay where they are')
        if self.tool_reach is not None and self.tool is None:
            raise ConfigError(f'{path}: tool_reach needs tool and flange: else the URDF says it')
        if (self.tool is None) != (self.flange is None):
            raise ConfigError(f'{path}: tool and flange go together: give both or neither')
        if not self.description.is_file():
            raise ConfigError(f'{path}: description: {self.description}: no such file')


def find_robot(robot: str | Path) -> Path:
    """Find the file of a robot.

    Raises:
        ConfigError: If there is none; names the robots of the package.
    """
    shipped = {folder.name: folder / FILE for folder in sorted(share('config/robots').iterdir())}
    path = shipped.get(str(robot), Path(robot).expanduser())
    path = path / FILE if path.is_dir() else path
    if not path.is_file():
        raise ConfigError(
            f'{path}: no such file: give the path of a {FILE} or one of {", ".join(shipped)}'
        )
    return path


def _value(key: str, value: Any, path: Path) -> Any:
    """Read what a key says; a list becomes a tuple."""
    if key == 'keep_out':
        return read_zones(value, str(path))
    if key == 'workspace':
        return read_box(value, str(path))
    if key in ('acceleration', 'jerk'):
        return _above_zero(key, value, path)
    if key == 'tool_reach':
        return _reach(value, path)
    if key in _LISTS:
        kind, what = _LISTS[key]
        if isinstance(value, list) and all(isinstance(item, kind) for item in value):
            return tuple(value)
    else:
        kind, what = str, 'text'
        if isinstance(value, str):
            return value
    raise ConfigError(f'{path}: {key} = {value!r}: write {what}')


def _reach(value: Any, path: Path) -> float:
    """Read the length of a tool."""
    if not isinstance(value, float) or not SHORTEST <= value <= LONGEST:
        raise ConfigError(f'{path}: tool_reach = {value!r}: write {SHORTEST} to {LONGEST} m')
    return value


def _above_zero(key: str, value: Any, path: Path) -> tuple[float, ...]:
    """Read one number for all joints, or one for each."""
    numbers = value if isinstance(value, list) else [value]
    if not numbers or not all(isinstance(item, (int, float)) and not isinstance(item, bool)
                              for item in numbers):
        raise ConfigError(f'{path}: {key} = {value!r}: write a number, or a list with one a joint')
    if not all(0.0 < item < np.inf for item in numbers):
        raise ConfigError(f'{path}: {key} is above 0 and finite')
    return tuple(map(float, numbers))


def _set_limits(values: dict[str, Any], path: Path) -> None:
    """Give each joint its limits: the narrower of the file's and MoveIt's, or usual ones."""
    joints = values['joints']
    named = values.pop('joint_limits', None)
    given = MoveItLimits.none(len(joints)) if named is None else MoveItLimits.read(
        path.parent / Path(named).expanduser(), joints)
    values['joint_limits'] = given
    for key, others in (('acceleration', given.acceleration), ('jerk', given.jerk)):
        own = values.get(key, (np.inf,))
        own = own * len(joints) if len(own) == 1 else own
        if len(own) != len(joints):
            raise ConfigError(f'{path}: {key} needs one number, or one for each of joints')
        values[key] = tuple(map(min, own, others))
    steep = (ACCELERATION if a == np.inf else a for a in values['acceleration'])
    values['acceleration'] = tuple(steep)
    values['jerk'] = tuple(JERK * a if j == np.inf else j
                           for a, j in zip(values['acceleration'], values['jerk'], strict=True))
