"""Cost terms by name: those of this package, or `module:Class` of anybody's.

A class of your own is called with the checkpoint and with the parameters that the task file gives
it; `checkpoint.action.scene` and `heads.occupancy_of(checkpoint)` are there to be used.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

from foresight import registry
from foresight.costs.critic import ExpectedCost
from foresight.costs.goal_energy import GoalEnergy
from foresight.errors import ConfigError
from foresight.protocols import CostTerm
from foresight.tasks.clear_table.cost_head import Dropped, Occupancy, Progress, Remaining
from foresight.tasks.heads import critic_of, occupancy_of, runs_fast
from foresight.tasks.task_file import TaskConfig
from foresight.world_model.checkpoint import Checkpoint
from foresight.world_model.encoder import EncoderConfig


@dataclass
class Ingredients:
    """What the terms of one task are made of; those that read the cost head share one.

    Attributes:
        checkpoint: World model and heads.
        energy: Distance to the goal; None for a task without one.
    """

    checkpoint: Checkpoint
    energy: GoalEnergy | None

    @cached_property
    def occupancy(self) -> Occupancy:
        """Maps of the cost head."""
        return occupancy_of(self.checkpoint)

    @property
    def encoder(self) -> EncoderConfig:
        """Shape of a latent."""
        return self.checkpoint.config.encoder


def _goal_energy(known: Ingredients) -> CostTerm:
    """Return the distance to the goal."""
    if known.energy is None:
        raise ConfigError('the task has a goal_energy: give it a goal image')
    return known.energy


BUILDERS: Mapping[str, Callable[[Ingredients], CostTerm]] = {
    Remaining.name: lambda known: Remaining(known.occupancy, known.encoder),
    Progress.name: lambda known: Progress(known.occupancy, known.encoder, known.checkpoint.action),
    Dropped.name: lambda known: Dropped(known.occupancy, known.encoder),
    GoalEnergy.name: _goal_energy,
    ExpectedCost.name: lambda known: ExpectedCost(
        critic_of(known.checkpoint), runs_fast(known.checkpoint),
    ),
}


def build_terms(
    task: TaskConfig, checkpoint: Checkpoint, energy: GoalEnergy | None,
) -> dict[str, CostTerm]:
    """Build the terms of a task, by the names that its file has for them.

    Raises:
        CheckpointError: If the checkpoint lacks a head that a term reads.
        ConfigError: If a term is unknown or does not take its parameters.
    """
    known, given = Ingredients(checkpoint, energy), dict(task.parameters)
    return {
        name: BUILDERS[name](known) if name in BUILDERS
        else _own(name, checkpoint, dict(given.get(name, ())))
        for name in {**dict(task.terms), task.done_term: 0.0}
    }


def _own(name: str, checkpoint: Checkpoint, parameters: Mapping[str, object]) -> CostTerm:
    """Build a term of somebody's own."""
    make: Callable[..., CostTerm] = registry.find('cost term', name, {})
    try:
        return make(checkpoint, **parameters)
    except TypeError as error:
        raise ConfigError(
            f'cost term {name}: {error}: it is called with the checkpoint and its parameters'
        ) from error
