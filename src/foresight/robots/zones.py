"""Where an arm may be, as its file says it: zones to keep out of, a box to stay in."""

from typing import Any

import numpy as np
from jaxtyping import Float

from foresight.errors import ConfigError, RobotError

Zone = tuple[float, float, float, float]
Box = tuple[float, float, float, float, float, float]
CORNERS = (3, 64)  # fewest and most of a zone
FAR = 10.0  # no corner is farther from the origin [m]


def read_zones(content: Any, where: str) -> tuple[tuple[str, Zone], ...]:
    """Read the zones that no action may sweep.

    Raises:
        ConfigError: If they are no mapping of names to four numbers each.
    """
    if not isinstance(content, dict):
        raise ConfigError(f'{where}: keep_out is a mapping; write {{}} for no zone')
    return tuple(
        (str(name), _zone(zone, f'{where}: keep_out: {name}')) for name, zone in content.items()
    )


def read_box(content: Any, where: str) -> Box:
    """Read the box that the arm stays in.

    Raises:
        ConfigError: If it is anything but three pairs of numbers, the lower first.
    """
    wanted = f'{where}: workspace: give x low, x high, y low, y high, z low, z high [m]'
    if not _numbers(content, 6):
        raise ConfigError(wanted)
    x_low, x_high, y_low, y_high, z_low, z_high = map(float, content)
    if not (x_low < x_high and y_low < y_high and z_low < z_high):
        raise ConfigError(f'{wanted}, each low below its high')
    return x_low, x_high, y_low, y_high, z_low, z_high


def around(corners: Float[np.ndarray, 'corner 3']) -> Zone:
    """Return the rectangle around corners [m].

    Raises:
        RobotError: If they are too few or too many, not finite, far away or on one line along x
            or y.
    """
    fewest, most = CORNERS
    if not fewest <= len(corners) <= most:
        raise RobotError(f'keep_out has {len(corners)} corners: give {fewest} to {most}')
    if not (np.abs(corners) <= FAR).all():
        raise RobotError(f'keep_out: give finite corners, at most {FAR:g} m away')
    (x_low, y_low), (x_high, y_high) = corners[:, :2].min(axis=0), corners[:, :2].max(axis=0)
    if x_low == x_high or y_low == y_high:
        raise RobotError('keep_out has no area: give corners that are not on one line')
    return float(x_low), float(x_high), float(y_low), float(y_high)


def _zone(content: Any, where: str) -> Zone:
    """Read one zone."""
    if not _numbers(content, 4):
        raise ConfigError(f'{where}: give x low, x high, y low, y high [m]')
    x_low, x_high, y_low, y_high = map(float, content)
    return x_low, x_high, y_low, y_high


def _numbers(content: Any, count: int) -> bool:
    """Tell whether it is a list of so many finite numbers."""
    return isinstance(content, list) and len(content) == count and all(
        isinstance(number, (int, float)) and np.isfinite(number) for number in content
    )
