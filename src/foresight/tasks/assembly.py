"""The configurator: a task level made of a checkpoint, a task and the guardrails of the robot."""

import time
from collections.abc import Callable

import torch
from jaxtyping import Float
from torch import Tensor

from foresight.actions.kinds import check_kind
from foresight.costs.composite import Composite, WeightedTerm
from foresight.costs.goal_energy import GoalEnergy, RegionConfig, region_weights
from foresight.costs.risk import make_risk
from foresight.planning.action_space import ActionSpace
from foresight.planning.levels.task import Aim, DoneTest, TaskLevel
from foresight.planning.optimizers.cem import CemPlanner
from foresight.planning.settings import OptimiserConfig
from foresight.protocols import ActionSampler, Guardrail
from foresight.robots.arm import ArmModel
from foresight.robots.joint_level import JointLevelConfig
from foresight.tasks.clear_table.cost_head import TABLE
from foresight.tasks.heads import occupancy_of
from foresight.tasks.ingredients import Ingredients
from foresight.tasks.task_file import TERMINAL, TaskConfig
from foresight.tasks.terms import build_terms
from foresight.world_model.checkpoint import Checkpoint
from foresight.world_model.scene_map import cell_centres

CellMap = Callable[[Float[Tensor, 'batch channel height width']], Tensor]


def assemble(
    task: TaskConfig, checkpoint: Checkpoint, arm: ArmModel,
    goal: Float[Tensor, 'channel height width'] | None = None,
    planner: OptimiserConfig | None = None, clock: Callable[[], float] = time.perf_counter,
) -> TaskLevel:
    """Build the task level.

    Args:
        task: Terms, weights and the done test.
        checkpoint: World model and cost head.
        arm: What it reaches and its keep-out zones bound every action; a task has no say in them.
        goal: Latent of the goal image, for a task that has one.
        planner: Planner settings; the task's if left out.
        clock: Wall clock [s].

    Raises:
        ConfigError: If the task needs a goal and none is given, or a term cannot be made.
        CheckpointError: If the checkpoint has no cost head, or no critic and the task wants one.
    """
    config, action = planner or task.planner, checkpoint.action
    check_kind(action.kind, task.action, checkpoint.folder)
    terms = dict(task.terms)
    energy = _goal_energy(checkpoint, goal, task.regions) if goal is not None else None
    built = build_terms(task.given, Ingredients(checkpoint, energy))
    reach = action.feasible(arm, JointLevelConfig())
    weighted = [WeightedTerm(built[name], terms[name], name in TERMINAL) for name in terms]
    cem = CemPlanner(
        model=checkpoint.model,
        cost=Composite(weighted, config.discount),
        guardrails=(reach, *action.keep_out(arm)),
        sampler=action.sampler(reach),
        config=config, space=ActionSpace.of(action.numbers, task.spread), clock=clock,
        risk=make_risk(config.risk, config.risk_alpha),
    )
    done = DoneTest(built[task.done_term], task.done_below)
    return TaskLevel(cem, done, _aim(checkpoint, reach, energy))


def _goal_energy(
    checkpoint: Checkpoint, goal: Float[Tensor, 'channel height width'], regions: RegionConfig,
) -> GoalEnergy:
    """Build the distance to the goal with the regions weighted as the task asks."""
    known = checkpoint.config
    weights = region_weights(known.scene, cell_centres(known.scene, known.encoder.grid), regions)
    return GoalEnergy(goal.to(checkpoint.model.device), weights)


def _aim(checkpoint: Checkpoint, reach: Guardrail, energy: GoalEnergy | None) -> Aim:
    """Aim at what differs from the goal, or else at what the cost head sees on the table."""
    cells = energy.distances if energy is not None else _table_map(checkpoint)

    def aimed(latent: Float[Tensor, 'channel height width']) -> ActionSampler:
        with torch.inference_mode():
            weights = cells(latent[None])[0]
        return checkpoint.action.aimed(reach, weights)

    return aimed


def _table_map(checkpoint: Checkpoint) -> CellMap:
    """Return what tells the probability that an object on the table is centred in each cell."""
    occupancy = occupancy_of(checkpoint)
    return lambda latents: occupancy(latents)[:, TABLE]
