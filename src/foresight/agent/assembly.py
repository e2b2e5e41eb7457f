"""Puts a thinker together from a world model and an arm; the node and the lockstep loop do so."""

import time
from collections.abc import Callable
from functools import partial

import torch

from foresight.agent.goals import Latent, TaskMaker
from foresight.agent.thinker import Chooser, Seen, Thinker
from foresight.planning.levels.task import TaskLevel
from foresight.protocols import Belief
from foresight.robots.arm import ArmModel
from foresight.robots.joint_level import JointLevelConfig
from foresight.robots.lookahead import check_path
from foresight.robots.workspace import Workspace
from foresight.tasks.assembly import assemble
from foresight.tasks.task_file import TaskConfig
from foresight.world_model.checkpoint import Checkpoint


def make_tasks(
    checkpoint: Checkpoint, arm: ArmModel, clock: Callable[[], float] = time.perf_counter,
) -> TaskMaker:
    """Return what makes task levels with this world model for this arm; `clock` is in s."""

    def build(task: TaskConfig, goal: Latent | None) -> TaskLevel:
        return assemble(task, checkpoint, arm, goal, clock=clock)

    return TaskMaker(checkpoint, build)


def make_thinker(
    chooser: Chooser[Seen], checkpoint: Checkpoint, arm: ArmModel, joint_level: JointLevelConfig,
    workspace: Workspace,
) -> Thinker[Seen]:
    """Give what chooses macro-actions the skill and the way home of an arm in its workspace."""
    action = checkpoint.action
    skill, homing = action.skill(arm, joint_level), action.homing(arm, joint_level)
    return Thinker(chooser, skill, homing, partial(check_path, workspace))


def noise(checkpoint: Checkpoint) -> Belief:
    """Return a belief of nothing in particular, to warm up with."""
    known = checkpoint.config.encoder
    latent = torch.randn(known.channels, *known.grid, generator=torch.Generator().manual_seed(0))
    return Belief(latent.to(checkpoint.model.device), 0.0)
