"""Calibrates push feasibility against planning every command of a push.

`foresight calibrate push` repeats it.
"""

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Bool, Float
from torch import Generator, Tensor

from foresight.actions.push.action import uniform_pushes
from foresight.actions.push.feasible import PushFeasibility
from foresight.actions.push.settings import PushConfig
from foresight.actions.push.skill import PushSkill
from foresight.errors import RobotError
from foresight.robots.arm import ArmModel
from foresight.robots.joint_level import JointLevelConfig
from foresight.robots.reach import reach_of
from foresight.settings import SceneConfig


@dataclass(frozen=True)
class Calibration:
    """How well the feasibility test foretells execution.

    Attributes:
        count: Random pushes inside the action box.
        seed: Seed that drew them.
        executable: Share of them that the joint level can carry out.
        false_accepts: Share of the accepted that it cannot.
        false_rejects: Share of the executable that the test rejects.
        coverage: Share of (table point, heading) that some accepted push passes over.
    """

    count: int
    seed: int
    executable: float
    false_accepts: float
    false_rejects: float
    coverage: float


def calibrate(
    count: int, seed: int, scene: SceneConfig, config: PushConfig, arm: ArmModel,
) -> Calibration:
    """Compare the feasibility test with planning `count` random pushes of an arm."""
    pushes = uniform_pushes(count, Generator().manual_seed(seed), scene, config)
    level = JointLevelConfig()
    reach = reach_of(arm, config.clearance, config.tool_height, level)
    feasibility = PushFeasibility(scene, config, reach)
    accepted = feasibility(pushes)
    executable = _execute(pushes, PushSkill(arm, scene, config, level))
    return Calibration(
        count, seed, float(executable.float().mean()),
        float((accepted & ~executable).sum() / accepted.sum().clamp(min=1)),
        float((executable & ~accepted).sum() / executable.sum().clamp(min=1)),
        feasibility.coverage(),
    )


def _execute(pushes: Float[Tensor, 'batch 4'], skill: PushSkill) -> Bool[Tensor, ' batch']:
    """True where the joint level can carry out a push."""
    start = np.array(skill.arm.retract)
    return torch.tensor([_plans(skill, values.numpy(), start) for values in pushes])


def _plans(
    skill: PushSkill, push: Float[np.ndarray, '4'], start: Float[np.ndarray, ' joint'],
) -> bool:
    """True if the skill plans this push."""
    try:
        skill.plan(push, start)
    except RobotError:
        return False
    return True

