"""How near to joint 1 and how far from it the vertical tool can work."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from itertools import groupby

import numpy as np
from jaxtyping import Float

from foresight.errors import RobotError
from foresight.robots.arm import ArmModel
from foresight.robots.joint_level import JointLevelConfig
from foresight.robots.kinematics import SPARE, InverseKinematics
from foresight.robots.robot_file import RobotFile
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
        ahead: Direction in which the arm faces [rad].
        sector: How far joint 1 turns to the right and to the left of `ahead` [rad].
    """

    near_high: float
    far_high: float
    near_low: float
    far_low: float
    centre: tuple[float, float]
    ahead: float
    sector: tuple[float, float]


def reach_of(arm: ArmModel, high: float, low: float, joint_level: JointLevelConfig) -> Reach:
    """Find the reach of an arm at two heights of an action [m].

    It takes half a second, once for all arms that are made of the same.

    Raises:
        RobotError: If the arm reaches one of these heights nowhere.
    """
    return _reach_of(arm.made_of, high, low, joint_level)


@cache
def _reach_of(
    made_of: tuple[str, RobotFile], high: float, low: float, joint_level: JointLevelConfig,
) -> Reach:
    """Find the reach of an arm by what it is made of."""
    arm = ArmModel(*made_of)
    kinematics = InverseKinematics(arm, joint_level.position_margin)
    rings = {height: _interval(kinematics, height) for height in (high, low)}
    sector = _sector(kinematics, rings, joint_level.position_margin + SPARE)
    return Reach(*rings[high], *rings[low], arm.axis, _ahead(arm), sector)


def _sector(
    kinematics: InverseKinematics, rings: Mapping[float, tuple[float, float]], margin: float,
) -> tuple[float, float]:
    """How far the tool goes around joint 1 to the right and to the left [rad].

    A joint of more than one turn goes half a turn from where it rests.
    """
    arm = kinematics.arm
    low = max(arm.position_low[0] + margin, arm.retract[0] - np.pi)
    high = min(arm.position_high[0] - margin, arm.retract[0] + np.pi)
    facing = [
        _joints(kinematics, radius, height)[0] for height, ring in rings.items() for radius in ring
    ]
    return float(low - min(facing)), float(high - max(facing))


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
    try:
        _joints(kinematics, radius, height)
    except RobotError:
        return False
    return True


def _joints(
    kinematics: InverseKinematics, radius: float, height: float,
) -> Float[np.ndarray, ' joint']:
    """Joints that hold the tool upright at a distance ahead of the arm and a height."""
    (x, y), (ahead, aside) = kinematics.arm.axis, kinematics.arm.table_from_base[:2, 0]
    values: list[Float[np.ndarray, ' 1']] = [np.array([value]) for value in (
        x + radius * ahead, y + radius * aside, height, _ahead(kinematics.arm),
    )]
    return kinematics.reach(vertical_poses(*values)[0], np.array(kinematics.arm.retract))


def _ahead(arm: ArmModel) -> float:
    """Direction in which the arm faces on the table [rad]."""
    ahead, aside = arm.table_from_base[:2, 0]
    return float(np.arctan2(aside, ahead))
