"""How far the rows of the horizon table look, and how they compare."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from foresight.costs.critic import ExpectedCost
from foresight.experiments.statistics import Difference, paired_difference
from foresight.tasks.task_file import TaskConfig

SUCCESS, CLEARED, DROPPED = 1, 2, 3
"""Columns of an outcome: [seed, success, cleared, dropped, remaining, actions]."""


@dataclass(frozen=True)
class Look:
    """How far a row looks.

    Attributes:
        horizon: Actions that are imagined.
        critic: Whether the expected remaining cost is added after the last of them.
    """

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


def compared(figures: Mapping[Look, dict[str, Any]]) -> dict[str, Any]:
    """Return the rows, each compared with the first, and those with the critic among themselves.

    Args:
        figures: Figures of each row, with its outcomes; the first row is the reference.
    """
    reference = next(iter(figures.values()))['outcomes']
    rows = {
        look.name: {**row, 'against_first': _against(row['outcomes'], reference)}
        for look, row in figures.items()
    }
    return {'rows': rows, 'differences': _with_critic(figures)}


def _with_critic(figures: Mapping[Look, dict[str, Any]]) -> dict[str, Any]:
    """Compare success with the critic with that of the nearest look that has it."""
    rows = [(look.name, row['outcomes']) for look, row in figures.items() if look.critic]
    return {
        f'{name} - {rows[0][0]}': asdict(_difference(outcomes, rows[0][1], SUCCESS))
        for name, outcomes in rows[1:]
    }


def _against(
    outcomes: Sequence[Sequence[int]], reference: Sequence[Sequence[int]],
) -> dict[str, Any]:
    """Return paired differences to the reference."""
    return {
        name: asdict(_difference(outcomes, reference, column))
        for name, column in (('success', SUCCESS), ('cleared', CLEARED), ('dropped', DROPPED))
    }


def _difference(
    outcomes: Sequence[Sequence[int]], reference: Sequence[Sequence[int]], column: int,
) -> Difference:
    """Compare one column, episode by episode."""
    return paired_difference(
        [float(row[column]) for row in outcomes], [float(row[column]) for row in reference],
    )
