"""Table of the ablation: rows, what each may spend, and how its page looks."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from foresight.experiments.ablation.rows import Budget, Row
from foresight.experiments.document import Document, closing, table
from foresight.experiments.results import compared, episodes_of
from foresight.experiments.statistics import wilson
from foresight.rollout.episode import EpisodeResult

Runs = Sequence[Mapping[str, Any]]
SCORES = {
    'prediction_ratio': 'prediction / persistence',
    'prediction_ratio_changed': 'the same, changed cells',
    'rank': 'effective rank',
    'episode_share': 'between-episode share',
    'occupancy_r2': 'occupancy R2',
    'position_r2': 'position R2',
    'ranking_accuracy': 'ranking accuracy',
}
SHARES = ('cleared', 'dropped')
LEGEND = """\
Every run trains on the same actions for the same number of steps ({steps} of {batch} actions; a
cost head on a frozen world model {head_steps}) and differs from the defaults only in what its row
says. Figures are means over the training seeds. *Prediction / persistence*: error of the
predicted latent over that of "nothing moves", on held-out actions. *Effective rank*: of the active
cells, out of 16. *Between-episode share*: variance that is the same all through an episode.
*Occupancy R2*: linear probe of 3 x 3 cells. *Position R2*: linear probe of the whole latent for
row and column of the object, scenes of one object, fitted on training episodes and tested on
held-out ones.
*Ranking accuracy*: pairs of real actions that the predicted cost orders as they turned out.
*Success*: every object in the bin and none dropped, within ten actions, {episodes} episodes of
three objects a run, tuning seeds from {first_episode}; the interval is Wilson's over the
episodes of all training seeds. A collapsed run stops and plays nothing; its scores are those at
the alarm."""


def row_lines(document: Document) -> list[str]:
    """Draw one line a row and one column a figure, and what each row means."""
    head = 'row', 'seeds', *SCORES.values(), 'success', '95 %', 'cleared', 'dropped', 'actions'
    rows = document['rows']
    return [
        *table(head, (
            [f'`{name}`', str(len(row['seeds'])), *(shown(row['scores'][key]) for key in SCORES),
             success(row), interval(row), *(shown(row[key]) for key in (*SHARES, 'actions'))]
            for name, row in rows.items()
        )), '', *(f'- `{name}`: {row["meaning"]}' for name, row in rows.items()),
    ]


@dataclass(frozen=True)
class Table:
    """One table of the ablation.

    Attributes:
        page: Name of its page, of its JSON file and of the folders of its runs and results.
        before: Rows that others go on from and that it does not show.
        shares: Page of the table whose runs it goes on with; empty = its own.
        pairs: Names of rows that are compared: first minus second, on the same episodes.
        compare: Adds to a document what its page shows beyond the rows; the second argument is
            one mapping a run, with its outcomes.
        lines: Draws what stands between title and legend.
        legend: What the figures are; braces take the budget.
    """

    title: str
    page: str
    rows: tuple[Row, ...]
    before: tuple[Row, ...] = ()
    budget: Budget = Budget()
    shares: str = ''
    pairs: tuple[tuple[str, str], ...] = ()
    compare: Callable[[Document, Runs], Document] = lambda document, runs: document
    lines: Callable[[Document], list[str]] = row_lines
    legend: str = LEGEND

    def row(self, name: str) -> Row:
        """Return a row, or one that others go on from."""
        return next(row for row in (*self.rows, *self.before) if row.name == name)

    def to_document(self, runs: Runs, about: Mapping[str, Any]) -> Document:
        """Bring the runs of each row, as `Ablation.run` returns them, together."""
        rows = {
            row.name: _pooled(known) for row in self.rows
            if (known := [run for run in runs if run['row'] == row.name])
        }
        document = {**about, 'budget': asdict(self.budget), 'rows': rows}
        if self.pairs:
            document['differences'] = differences(runs, self.pairs)
        return self.compare(document, runs)

    def to_markdown(self, document: Document) -> str:
        """Return the page that the documentation shows, with the command that makes it again."""
        return '\n'.join([
            f'# {self.title}', '', *self.lines(document), '',
            self.legend.format(**document['budget']), '', *_collapses(document['rows']),
            f'Data {document["dataset"][:16]}. Machine: {document["machine"]}.',
            *closing(document),
        ])


def differences(runs: Runs, pairs: Iterable[tuple[str, str]]) -> dict[str, dict[str, Any]]:
    """Compare success of rows, first minus second, over the training seeds that both played."""
    found = {}
    for first, second in pairs:
        ours, theirs = _played(runs, first), _played(runs, second)
        shared = [seed for seed in ours if len(ours[seed]) == len(theirs.get(seed, ()))]
        if shared:
            found[f'{first} - {second}'] = compared(
                [episode for seed in shared for episode in ours[seed]],
                [episode for seed in shared for episode in theirs[seed]], 'success',
            )['success']
    return found


def _played(runs: Runs, name: str) -> dict[int, tuple[EpisodeResult, ...]]:
    """Return the episodes of a row, by training seed in order."""
    return dict(sorted(
        (int(run['seed']), episodes_of(run['closed_loop']['outcomes']))
        for run in runs if run['row'] == name and run['closed_loop']
    ))


def _pooled(runs: Runs) -> Document:
    """Average scores over seeds and pool the episodes."""
    played = [run['closed_loop'] for run in runs if run['closed_loop']]
    outcomes = [outcome[1] for figures in played for outcome in figures['outcomes']]
    cleared = wilson(sum(outcomes), len(outcomes)).figures('success')
    return {
        'meaning': runs[0]['meaning'], 'labels': runs[0]['labels'],
        'seeds': [run['seed'] for run in runs],
        'scores': {
            name: _mean([run['scores'][name] for run in runs if name in run['scores']])
            for name in (*SCORES, 'inverse_skill', 'std')
        },
        **(cleared if outcomes else dict.fromkeys(cleared)),
        'success_by_seed': [
            run['closed_loop']['success'] if run['closed_loop'] else None for run in runs
        ],
        **{name: _mean([figures[name] for figures in played]) for name in SHARES},
        'actions': _mean([figures['actions'] for figures in played]), 'episodes': len(outcomes),
        'collapsed': {str(run['seed']): run['collapsed'] for run in runs if run['collapsed']},
    }


def _collapses(rows: Mapping[str, Any]) -> list[str]:
    """Say which runs collapsed, and why."""
    said = [
        f'- `{name}`, seed {seed}: {reason}'
        for name, row in rows.items() for seed, reason in row['collapsed'].items()
    ]
    return ['Collapsed:', *said, ''] if said else []


def success(row: Mapping[str, Any]) -> str:
    """Return the success rate, or that there is none."""
    lost = len(row['collapsed'])
    if row['success'] is None:
        return 'collapsed'
    return f'{row["success"]:.2f}' + (f' ({lost} collapsed)' if lost else '')


def interval(row: Mapping[str, Any]) -> str:
    """Return the interval of the success rate, if there is one."""
    if row['success'] is None:
        return '-'
    return f'{row["success_low"]:.2f} to {row["success_high"]:.2f}'


def _mean(values: Sequence[float]) -> float | None:
    """Return the mean; None without values."""
    return round(math.fsum(values) / len(values), 4) if values else None


def shown(value: float | None) -> str:
    """Return a figure with two decimals, or that there is none."""
    return '-' if value is None else f'{value:.2f}'
