"""Horizon table: what looking further ahead is worth, row by row on the same seeds."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from foresight.costs.critic import ExpectedCost
from foresight.experiments.ablation.differences import difference_lines
from foresight.experiments.statistics import Difference, paired_difference
from foresight.tasks.task_file import TaskConfig

SUCCESS, CLEARED, DROPPED = 1, 2, 3
"""Columns of an outcome: [seed, success, cleared, dropped, remaining, pushes]."""


@dataclass(frozen=True)
class Look:
    """How far a row looks.

    Attributes:
        horizon: Pushes that are imagined.
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


def to_document(figures: Mapping[Look, dict[str, Any]], about: dict[str, Any]) -> dict[str, Any]:
    """Return one JSON document; each row is compared with the first on the same seeds.

    Args:
        figures: Figures of each row, with its outcomes; the first row is the reference.
        about: How the figures were made: command, seeds, machine, checkpoint.
    """
    reference = next(iter(figures.values()))['outcomes']
    rows = {
        look.name: {**row, 'against_first': _compared(row['outcomes'], reference)}
        for look, row in figures.items()
    }
    return {**about, 'rows': rows, 'differences': _with_critic(figures)}


def _with_critic(figures: Mapping[Look, dict[str, Any]]) -> dict[str, Any]:
    """Compare success with the critic with that of the nearest look that has it."""
    rows = [(look.name, row['outcomes']) for look, row in figures.items() if look.critic]
    return {
        f'{name} - {rows[0][0]}': asdict(_difference(outcomes, rows[0][1], SUCCESS))
        for name, outcomes in rows[1:]
    }


def _compared(
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


def to_markdown(document: dict[str, Any]) -> str:
    """Return the table, with the command that makes it again."""
    first = next(iter(document['rows']))
    lines = [
        f'# Looking further than one push: {document["task"]}, {document["split"]} scenes', '',
        f'{document["episodes"]} episodes of each row on the same seeds, {document["objects"]} '
        f'objects, at most {document["max_pushes"]} pushes.', '',
        f'| horizon | success | 95 % interval | success against {first} | cleared | dropped '
        f'| dropped an episode against {first} | pushes | plan ms p50 | plan ms p99 | outcomes |',
        '|---|---|---|---|---|---|---|---|---|---|---|',
    ]
    for name, row in document['rows'].items():
        against = row['against_first']
        lines.append(
            f'| {name} | {row["success"]:.2f} | {row["success_low"]:.2f} to '
            f'{row["success_high"]:.2f} | {_shown(against["success"])} | {row["cleared"]:.2f} '
            f'| {row["dropped"]:.2f} | {_shown(against["dropped"])} | {row["pushes"]:.1f} '
            f'| {row["plan_ms_p50"] or 0.0:.0f} | {row["plan_ms_p99"] or 0.0:.0f} '
            f'| `{row["digest"]}` |'
        )
    if document['differences']:
        lines += ['', *difference_lines(document['differences'])]
    last = document['seed'] + document['episodes'] - 1
    lines += [
        '', f'Seeds {document["seed"]} to {last}, in lockstep and without a deadline, so that '
        f'outcomes do not depend on the load of the machine: {document["machine"]}. '
        f'Checkpoint: {document["checkpoint"]}.', '',
        'Differences are means over pairs of episodes with the same seed; intervals are 95 % by '
        'bootstrap over the pairs.', '', '```', document['command'], '```', '',
    ]
    return '\n'.join(lines)


def _shown(difference: Mapping[str, float]) -> str:
    """Return a difference with its interval."""
    return f'{difference["mean"]:+.2f} ({difference["low"]:+.2f} to {difference["high"]:+.2f})'
