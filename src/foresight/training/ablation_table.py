"""Tables of the ablation: the runs of each row brought together, as JSON and as Markdown."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from foresight.training.ablation_rows import EFFICIENCY, TABLES, TRANSFER, WATCHING
from foresight.training.labels_table import labels_lines
from foresight.training.statistics import wilson
from foresight.training.transfer_table import transfer_lines
from foresight.training.watching_table import watching_lines

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
Every run trains on the same pushes for the same number of steps ({steps} of {batch} pushes; a
cost head on a frozen world model {head_steps}) and differs from the defaults only in what its row
says. Figures are means over the training seeds. *Prediction / persistence*: error of the
predicted latent over that of "nothing moves", on held-out pushes. *Effective rank*: of the active
cells, out of 16. *Between-episode share*: variance that is the same all through an episode.
*Occupancy R2*: linear probe of 3 x 3 cells. *Position R2*: linear probe of the whole latent for
row and column of the object, scenes of one object, fitted on training episodes and tested on
held-out ones.
*Ranking accuracy*: pairs of real pushes that the predicted cost orders as they turned out.
*Success*: every object in the bin and none dropped, within ten pushes, {episodes} episodes of
three objects a run, tuning seeds from {first_episode}; the interval is Wilson's over the
episodes of all training seeds. A collapsed run stops and plays nothing; its scores are those at
the alarm."""


def to_document(
    table: str, results: Sequence[Mapping[str, Any]], about: Mapping[str, Any],
) -> dict[str, Any]:
    """Bring the runs of each row together.

    Args:
        table: Name of the table.
        results: One mapping a run, as `Ablation.run` returns it.
        about: Command, machine and budget.
    """
    order = [row.name for row in TABLES[table]]
    rows: dict[str, Any] = {}
    for name in order:
        runs = [result for result in results if result['row'] == name]
        if runs:
            rows[name] = _row(runs)
    return {**about, 'table': table, 'rows': rows}


def _row(runs: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Average scores over seeds and pool the episodes."""
    played = [run['closed_loop'] for run in runs if run['closed_loop']]
    episodes = [outcome for figures in played for outcome in figures['outcomes']]
    success = wilson(sum(outcome[1] for outcome in episodes), len(episodes))
    ran = bool(episodes)
    return {
        'meaning': runs[0]['meaning'], 'labels': runs[0]['labels'],
        'seeds': [run['seed'] for run in runs],
        'scores': {
            name: _mean([run['scores'][name] for run in runs if name in run['scores']])
            for name in (*SCORES, 'inverse_skill', 'std')
        },
        'success': round(success.rate, 4) if ran else None,
        'success_low': round(success.low, 4) if ran else None,
        'success_high': round(success.high, 4) if ran else None,
        'success_by_seed': [
            run['closed_loop']['success'] if run['closed_loop'] else None for run in runs
        ],
        **{name: _mean([figures[name] for figures in played]) for name in SHARES},
        'pushes': _mean([figures['pushes'] for figures in played]), 'episodes': len(episodes),
        'collapsed': {str(run['seed']): run['collapsed'] for run in runs if run['collapsed']},
    }


def to_markdown(document: Mapping[str, Any]) -> str:
    """Return the table that the documentation shows, with the command that makes it again."""
    if document['table'] == WATCHING:
        return _page(document, watching_lines(document))
    legend = LEGEND.format(**document['budget'])
    if document['table'] == EFFICIENCY:
        return _page(document, [*labels_lines(document), '', legend, ''])
    more = transfer_lines(document) if document['table'] == TRANSFER else []
    return _page(document, [*_methods_table(document['rows']), '', *more, legend, ''])


def _page(document: Mapping[str, Any], lines: Sequence[str]) -> str:
    """Put what every table has around the lines of one."""
    return '\n'.join([
        f'# {TITLES[document["table"]]}', '', *lines, *_collapses(document['rows']),
        f'Data {document["dataset"][:16]}. Machine: {document["machine"]}.', '',
        '```', document['command'], '```', '',
    ])


TITLES = {
    'methods': 'Anti-collapse methods, the autoencoder and labels, at equal budget',
    EFFICIENCY: 'Success by the number of labelled images',
    TRANSFER: 'Transfer to another site',
    WATCHING: 'From watching, then from doing',
}


def _methods_table(rows: Mapping[str, Any]) -> list[str]:
    """Draw one line a row and one column a figure."""
    lines = [
        f'| row | seeds | {" | ".join(SCORES.values())} | success | 95 % | cleared | dropped '
        '| pushes |',
        '|---' * (len(SCORES) + 7) + '|',
    ]
    for name, row in rows.items():
        scores = ' | '.join(_shown(row['scores'][score]) for score in SCORES)
        closed = ' | '.join(_shown(row[figure]) for figure in (*SHARES, 'pushes'))
        lines.append(
            f'| `{name}` | {len(row["seeds"])} | {scores} | {_success(row)} | {_interval(row)} '
            f'| {closed} |'
        )
    return [*lines, '', *(f'- `{name}`: {row["meaning"]}' for name, row in rows.items())]


def _collapses(rows: Mapping[str, Any]) -> list[str]:
    """Say which runs collapsed, and why."""
    said = [
        f'- `{name}`, seed {seed}: {reason}'
        for name, row in rows.items() for seed, reason in row['collapsed'].items()
    ]
    return ['Collapsed:', *said, ''] if said else []


def _success(row: Mapping[str, Any]) -> str:
    """Return the success rate, or that there is none."""
    lost = len(row['collapsed'])
    if row['success'] is None:
        return 'collapsed'
    return f'{row["success"]:.2f}' + (f' ({lost} collapsed)' if lost else '')


def _interval(row: Mapping[str, Any]) -> str:
    if row['success'] is None:
        return '-'
    return f'{row["success_low"]:.2f} to {row["success_high"]:.2f}'


def _mean(values: Sequence[float]) -> float | None:
    """Return the mean; None without values."""
    return round(math.fsum(values) / len(values), 4) if values else None


def _shown(value: float | None) -> str:
    return '-' if value is None else f'{value:.2f}'
