"""Cost terms by name: those of this package, of any package that offers some, or `module:Class`.

Each is called with `Ingredients` and with the parameters that the task file gives it.
"""

from collections.abc import Callable, Mapping
from typing import Any

from foresight import registry
from foresight.costs.critic import ExpectedCost
from foresight.costs.goal_energy import GoalEnergy
from foresight.errors import ConfigError
from foresight.protocols import CostTerm
from foresight.tasks.clear_table.cost_head import Dropped, Progress, Remaining
from foresight.tasks.gather.terms import Apart
from foresight.tasks.heads import critic_of, runs_fast
from foresight.tasks.ingredients import Ingredients
from foresight.tasks.regions.terms import Inside, Kept, Outside, Way

GROUP = 'foresight.terms'
"""Entry points of packages that offer terms."""
WHAT = 'cost term'


def _goal_energy(known: Ingredients) -> CostTerm:
    """Return the distance to the goal."""
    if known.energy is None:
        raise ConfigError('the task has a goal_energy: give it a goal image')
    return known.energy


TERMS: Mapping[str, Callable[..., CostTerm]] = {
    Remaining.name: lambda known: Remaining(known.occupancy, known.encoder),
    Progress.name: lambda known: Progress(known.occupancy, known.encoder, known.action),
    Dropped.name: lambda known: Dropped(known.occupancy, known.encoder),
    GoalEnergy.name: _goal_energy,
    ExpectedCost.name: lambda known: ExpectedCost(
        critic_of(known.checkpoint), runs_fast(known.checkpoint),
    ),
    **{term.name: term for term in (Outside, Way, Inside, Kept, Apart)},
}


def check_term(name: str, given: Mapping[str, Any]) -> None:
    """Check that there is a term of a name and that it takes its parameters.

    Raises:
        ConfigError: If there is none, or it does not.
    """
    registry.check(WHAT, name, registry.find(WHAT, name, TERMS, GROUP), given)


def build_terms(
    parameters: Mapping[str, Mapping[str, Any]], known: Ingredients,
) -> dict[str, CostTerm]:
    """Build the terms of a task, by the names that its file has for them.

    Args:
        parameters: What the file gives each term.
        known: What terms are made of.

    Raises:
        CheckpointError: If the checkpoint lacks a head that a term reads.
        ConfigError: If a term is unknown or does not take its parameters.
    """
    return {
        name: registry.make(WHAT, name, registry.find(WHAT, name, TERMS, GROUP), known, given)
        for name, given in parameters.items()
    }
