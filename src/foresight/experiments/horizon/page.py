"""How far the rows of the horizon table look, how they compare, and their page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from foresight.costs.critic import ExpectedCost
from foresight.experiments.document import (
    Document,
    by_robot,
    closing,
    difference,
    difference_lines,
    table,
)
from foresight.experiments.evaluation.page import played
from foresight.experiments.results import compared, episodes_of
from foresight.tasks.task_file import TaskConfig


@dataclass(frozen=True)
class Look:
    """How many actions a row imagines, and whether the expected remaining cost is added last."""

    horizon: int
    critic: bool

    @property
    def name(self) -> str:
        """Name of the row."""
        return f'H{self.horizon}' + ('+critic' if self.critic else '')

    def apply(self, task: TaskConfig, weight: float) -> TaskConfig:
        """Return the task with this horizon, and the critic with this weight or without it."""
        terms = {name: w for name, w in task.terms if name != ExpectedCost.name}
        if self.critic:
            terms[ExpectedCost.name] = weight
        return replace(
            task, terms=tuple(terms.items()), planner=replace(task.planner, horizon=self.horizon),
        )


def looks(horizons: Sequence[int], critic: bool) -> list[Look]:
    """Return every horizon, without and, if there is one, with the critic."""
    ways = (False, True) if critic else (False,)
    return [Look(horizon, way) for horizon in horizons for way in ways]


def compare(figures: Mapping[Look, dict[str, Any]]) -> dict[str, Any]:
    """Compare each row with the first, and those with the critic among themselves."""
    episodes = {look: episodes_of(row['outcomes']) for look, row in figures.items()}
    first, *_ = episodes.values()
    critics = [look for look in episodes if look.critic]
    return {
        'rows': {
            look.name: {**row, 'against_first': compared(
                episodes[look], first, 'success', 'cleared', 'dropped',
            )} for look, row in figures.items()
        },
        'differences': {
            f'{look.name} - {critics[0].name}':
                compared(episodes[look], episodes[critics[0]], 'success')['success']
            for look in critics[1:]
        },
    }


def to_markdown(document: Document) -> str:
    """Return the page, with the command that makes it again."""
    rows, last = document['rows'], document['seed'] + document['episodes'] - 1
    first, differences = next(iter(rows)), document['differences']
    head = (
        'horizon', 'success', '95 % interval', 'cleared', 'dropped', 'actions', 'plan ms p50',
        'plan ms p99', 'outcomes', f'success against {first}',
        f'dropped an episode against {first}',
    )
    return '\n'.join([
        f'# Looking further than one action: {document["task"]}, {document["split"]} scenes'
        + by_robot(document), '',
        f'{document["episodes"]} episodes of each row on the same seeds, '
        f'{document["objects"]} objects, at most {document["max_actions"]} actions.', '',
        *table(head, (
            [name, *played(row), difference(row['against_first']['success']),
             difference(row['against_first']['dropped'])] for name, row in rows.items()
        )), *(['', *difference_lines(differences)] if differences else []),
        '', f'Seeds {document["seed"]} to {last}, in lockstep and without a deadline, so that '
        f'outcomes do not depend on the load of the machine: {document["machine"]}. '
        f'Checkpoint: {document["checkpoint"]}.', '',
        'Differences are means over pairs of episodes with the same seed; intervals are 95 % '
        'by bootstrap over the pairs.', *closing(document),
    ])
