"""Horizon table: what looking further ahead is worth, row by row on the same seeds."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from foresight.costs.critic import ExpectedCost
from foresight.training.statistics import Difference, paired_difference
from foresight.training.task_file import TaskConfig

SUCCESS, CLEARED, DROPPED = 1, 2, 3
"""Columns of an outcome: [seed, success, cleared, dropped, remaining, pushes]."""
CRITIC = ' + critic'
"""How the names of rows with the critic end."""


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
        return f'H{self.horizon}' + (CRITIC if self.critic else '')

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


def to_document(figures: Mapping[str, dict[str, Any]], about: dict[str, Any]) -> dict[str, Any]:
    """Return one JSON document; rows are compared on the same seeds.

    Each is compared with the first, and those with the critic also with the first of them.

    Args:
        figures: Figures of each row, with its outcomes; the first row is the reference.
        about: How the figures were made: command, seeds, machine, checkpoint.
    """
    reference = next(iter(figures.values()))['outcomes']
    rows = {
        name: {**row, 'against_first': _compared(row['outcomes'], reference)}
        for name, row in figures.items()
    }
    informed = [name for name in figures if name.endswith(CRITIC)]
    for name in informed[1:]:
        rows[name]['against_critic'] = _compared(
            figures[name]['outcomes'], figures[informed[0]]['outcomes'],
        )
    return {**about, 'rows': rows}


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
    lines += _with_critic(document['rows'])
    last = document['seed'] + document['episodes'] - 1
    lines += [
        '', f'Seeds {document["seed"]} to {last}, in lockstep and without a deadline, so that '
        f'outcomes do not depend on the load of the machine: {document["machine"]}. '
        f'Checkpoint: {document["checkpoint"]}.', '',
        'Differences are means over pairs of episodes with the same seed; intervals are 95 % by '
        'bootstrap over the pairs.', '', '```', document['command'], '```', '',
    ]
    return '\n'.join(lines)


def _with_critic(rows: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Say what looking further is worth where the critic judges what is seen last."""
    found = [
        f'{name} {_shown(row["against_critic"]["success"])}'
        for name, row in rows.items() if 'against_critic' in row
    ]
    if not found:
        return []
    first = next(name for name in rows if name.endswith(CRITIC))
    return ['', f'Success against {first}: {"; ".join(found)}.']


def _shown(difference: Mapping[str, float]) -> str:
    """Return a difference with its interval."""
    return f'{difference["mean"]:+.2f} ({difference["low"]:+.2f} to {difference["high"]:+.2f})'
