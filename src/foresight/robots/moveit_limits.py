"""Limits of joints as MoveIt writes them: `joint_limits.yaml`, which narrows what a URDF says."""

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from foresight.errors import ConfigError
from foresight.reading import damaged, read_yaml

_LIMITS = {
    'min_position': 'position', 'max_position': 'position', 'max_velocity': 'velocity',
    'max_acceleration': 'acceleration', 'max_jerk': 'jerk',
}


@dataclass(frozen=True)
class MoveItLimits:
    """One number a joint; infinite where the file says nothing.

    Attributes:
        low: Lowest positions [rad].
        high: Highest positions [rad].
        velocity: Highest speeds [rad/s].
        acceleration: Highest accelerations [rad/s^2].
        jerk: Highest changes of acceleration [rad/s^3].
    """

    low: tuple[float, ...]
    high: tuple[float, ...]
    velocity: tuple[float, ...]
    acceleration: tuple[float, ...]
    jerk: tuple[float, ...]

    @classmethod
    def none(cls, count: int) -> 'MoveItLimits':
        """Return no limits of `count` joints."""
        free = (math.inf,) * count
        return cls((-math.inf,) * count, free, free, free, free)

    @classmethod
    def read(cls, path: Path, joints: tuple[str, ...]) -> 'MoveItLimits':
        """Read the limits of these joints; the file may speak of others too.

        Raises:
            ConfigError: If it cannot be read, names none of the joints, or a limit is no limit.
        """
        content = _content(path)
        if not set(joints) & set(content):
            raise ConfigError(f'{path}: joint_limits names none of {", ".join(joints)}: give the '
                              'joints the names that robot.yaml has')
        rows = {key: tuple(_limit(path, name, content.get(name), key) for name in joints)
                for key in _LIMITS}
        return cls(rows['min_position'], rows['max_position'], rows['max_velocity'],
                   rows['max_acceleration'], rows['max_jerk'])


def _content(path: Path) -> dict[str, Any]:
    """Return what the file says of joints, by name."""
    with damaged(path, 'name a joint_limits.yaml of MoveIt', ConfigError):
        content = read_yaml(path)
    joints = content.get('joint_limits') if isinstance(content, dict) else None
    if not isinstance(joints, dict):
        raise ConfigError(f'{path}: joint_limits is missing: write what MoveIt reads')
    return joints


def _limit(path: Path, joint: str, content: Any, key: str) -> float:
    """Read one limit of one joint; infinite if there is none."""
    none = -math.inf if key.startswith('min') else math.inf
    if content is None:
        return none
    where = f'{path}: joint_limits: {joint}'
    if not isinstance(content, dict):
        raise ConfigError(f'{where}: write a mapping of limits')
    if content.get(f'has_{_LIMITS[key]}_limits') is not True:
        return none
    value = content.get(key)
    signed = _LIMITS[key] == 'position'
    if isinstance(value, (int, float)) and math.isfinite(value) and (signed or value > 0.0):
        return float(value)
    raise ConfigError(f'{where}: {key} = {value!r}: write a number{"" if signed else " above 0"}')
