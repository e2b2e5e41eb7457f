"""How near to joint 1 and how far from it the vertical tool can work."""

from dataclasses import dataclass
from functools import cache
from itertools import groupby

import numpy as np
from jaxtyping import Float

from foresight.errors import RobotError
from foresight.robots.arm import ArmModel
from foresight.robots.joint_level import JointLevelConfig
from foresight.robots.kinematics import InverseKinematics
from foresight.robots.tool_path import vertical_poses

_SPACING = 0.02
_RADII = np.arange(0.10, 1.20, _SPACING)
_BISECTIONS = 8


@dataclass(frozen=True)
class Reach:
    """Distances from the axis of joint 1 that the tool reaches [m].

    Attributes:
        near_high: Nearest at the clearance height, where the tool is lowered and lifted.
        far_high: Farthest at the clearance height.
        near_low: Nearest at the height of the sweep.
        far_low: Farthest at the height of the sweep.
        centre: Where joint 1 stands in `base_link` [m].
    """

    near_high: float
    far_high: float
    near_low: float
    far_low: float
    centre: tuple[float, float] = (0.0, 0.0)


@cache
def reach_of(arm: ArmModel, high: float, low: float, joint_level: JointLevelConfig) -> Reach:
    """Find the reach of an arm at two heights of an action [m]: it takes half a second, once.

    Raises:
        RobotError: If the arm reaches one of these heights nowhere.
    """
    kinematics = InverseKinematics(arm, joint_level.position_margin)
    return Reach(*_interval(kinematics, high), *_interval(kinematics, low), arm.axis)


def _interval(kinematics: InverseKinematics, height: float) -> tuple[float, float]:
    """Nearest and farthest reachable distance at a height [m]."""
    tried = groupby(_RADII, lambda radius: _reaches(kinematics, radius, height))
    rings = [list(radii) for reached, radii in tried if reached]
    if not rings:
        raise RobotError(
            f'{kinematics.arm.name} cannot hold the tool upright {height:.3f} m above the table: '
            'change where it stands, or its retract pose, where the search begins'
        )
    widest = max(rings, key=len)
    low, high = float(widest[0]), float(widest[-1])
    return (
        _edge(kinematics, height, low, low - _SPACING),
        _edge(kinematics, height, high, high + _SPACING),
    )


def _edge(kinematics: InverseKinematics, height: float, inside: float, outside: float) -> float:
    """Bisect between a reachable and an unreachable distance [m]."""
    for _ in range(_BISECTIONS):
        middle = (inside + outside) / 2.0
        if _reaches(kinematics, middle, height):
            inside = middle
        else:
            outside = middle
    return inside


def _reaches(kinematics: InverseKinematics, radius: float, height: float) -> bool:
    """True if the vertical tool reaches this distance ahead of the arm at this height."""
    (x, y), (ahead, aside) = kinematics.arm.axis, kinematics.arm.table_from_base[:2, 0]
    values: list[Float[np.ndarray, ' 1']] = [np.array([value]) for value in (
        x + radius * ahead, y + radius * aside, height, np.arctan2(aside, ahead),
    )]
    try:
        kinematics.reach(vertical_poses(*values)[0], np.array(kinematics.arm.retract))
    except RobotError:
        return False
    return True
