"""Where on a table the arm can push toward a bin, told without a simulation."""

from functools import cache

import numpy as np
import torch
from jaxtyping import Float

from foresight.actions.push.feasible import PushFeasibility
from foresight.actions.push.macro_action import PushAction
from foresight.actions.push.toward_bin import Footprints, TowardBin
from foresight.robots.arm import ArmModel
from foresight.robots.robot_file import RobotConfig
from foresight.robots.tool import Tool
from foresight.settings import SceneConfig

SPACING, SIZE = 0.04, 0.05  # m, between places that are looked at, and of a thing there


def workable_share(scene: SceneConfig, feasible: PushFeasibility) -> float:
    """Return the share of the places for objects from which the arm can push toward a bin."""
    bins = [TowardBin(PushAction(scene), _tool(), zone) for zone in scene.zones]
    rows, columns = (
        np.arange(low + scene.spawn_margin, high - scene.spawn_margin + SPACING / 2, SPACING)
        for low, high in (scene.table_x, scene.table_y)
    )
    places = np.stack(np.meshgrid(rows, columns), axis=-1).reshape(-1, 1, 2)
    return float(np.mean([_workable(place, bins, feasible) for place in places]))


def _workable(
    place: Float[np.ndarray, '1 2'], bins: list[TowardBin], feasible: PushFeasibility,
) -> bool:
    """Tell whether a thing at a place can be pushed toward a bin."""
    corners = SIZE / 2 * np.array([(1, 1), (1, -1), (-1, 1), (-1, -1)] * 2)
    thing = Footprints(place, corners[None])
    for toward in bins:
        pushes = toward.candidates(thing)
        allowed = feasible(torch.from_numpy(pushes).float()).numpy()
        if (toward.values(pushes[allowed], thing) > 0.0).any():
            return True
    return False


@cache
def _tool() -> Tool:
    """Return the tool of the arm."""
    return ArmModel.load(RobotConfig.robot).tool
