"""Table of watching: success by robot-hours, without and with watching video before."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from foresight.training.ablation.differences import differences
from foresight.training.ablation.rows import BOTH_TASK, WATCHED, Budget, Row
from foresight.training.ablation.table import Document, Runs, Table

PUSHES = (250, 1000, 4000, 16_000)
"""Pushes to learn from."""
GOAL = 0.9
"""Success that counts as clearing the table."""
TEENAGER = 20.0
"""Hours in which a teenager learns to drive (LeCun 2022, A Path Towards Autonomous Machine
Intelligence, section 1) [h]."""
KINDS = {'doing': 'doing alone', WATCHED: 'watching, then doing'}
LEGEND = """\
Both columns learn from the same first whole episodes of play and their labels, with the same
optimiser steps ({steps} of {batch} pushes); the second starts from an encoder that has watched
video without actions, whose hours are listed apart. *Robot-hours* are simulated time of those
episodes: reset, approach, push, retract and the wait for rest; a push that the arm cannot do is
refused before it moves and takes none. A reset takes a second in simulation; a person takes
longer. *Success*: every object in the bin and none dropped, within ten pushes, {episodes} episodes
of three seen objects, tuning seeds from {first_episode}, Wilson's 95 % interval. *Prediction*:
error of the predicted latent over that of "nothing moves" on held-out pushes. *Occupancy R2*:
linear probe of 3 x 3 cells."""


def compare(document: Document, runs: Runs) -> Document:
    """Add robot-hours, hours of watching, paired differences and the headline."""
    rows = {
        name: {**row, 'robot': known[0].get('robot'), 'watched': known[0].get('watched')}
        for name, row in document['rows'].items()
        if (known := [run for run in runs if run['row'] == name])
    }
    curve = [_point(count, rows, runs) for count in PUSHES]
    curve = [point for point in curve if len(point) > 1]
    headline = {kind: _headline(kind, curve) for kind in KINDS}
    return {**document, 'rows': rows, 'curve': curve, 'headline': headline}


def _point(count: int, rows: Mapping[str, Any], runs: Runs) -> Document:
    """Put the rows of one number of pushes side by side."""
    point: dict[str, Any] = {'pushes': count}
    for kind in KINDS:
        if (row := rows.get(f'{kind}_{count}')) is not None:
            point[kind] = row
    known = differences(runs, [(f'{WATCHED}_{count}', f'doing_{count}')])
    if known:
        point['difference'] = next(iter(known.values()))
    return point


def _headline(kind: str, curve: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Say from how few robot-hours a kind reaches the goal, or how far it came."""
    points = [point[kind] for point in curve if kind in point and point[kind]['robot']]
    points = [row for row in points if row['success'] is not None]
    reached = [row for row in points if row['success'] >= GOAL]
    best = reached[0] if reached else max(points, key=lambda row: row['success'], default=None)
    if best is None:
        return {'reached': False}
    return {
        'reached': bool(reached), 'robot_hours': best['robot']['robot_hours'],
        'success': best['success'], 'low': best['success_low'], 'high': best['success_high'],
        'episodes': best['episodes'],
    }


def lines(document: Document) -> list[str]:
    """Draw one line a number of pushes, and the headline."""
    kinds = ' | '.join(f'{name}: success | prediction | occupancy R2' for name in KINDS.values())
    drawn = [
        f'| pushes | robot-hours | resets | rejected | {kinds} | difference in success |',
        '|---' * 11 + '|',
    ]
    for point in document['curve']:
        cost = next(point[kind]['robot'] for kind in KINDS if kind in point)
        cells = [
            str(cost['pushes']), f'{cost["robot_hours"]:.2f}', str(cost['resets']),
            str(cost['rejected']),
        ]
        for kind in KINDS:
            cells += _cells(point.get(kind))
        cells.append(_difference(point.get('difference')))
        drawn.append(f'| {" | ".join(cells)} |')
    return [*drawn, '', *_said(document)]


def _cells(row: Mapping[str, Any] | None) -> list[str]:
    """Return the cells of one run."""
    if row is None:
        return ['-', '-', '-']
    scores = [_shown(row['scores'][name]) for name in ('prediction_ratio', 'occupancy_r2')]
    if row['success'] is None:
        return ['collapsed', *scores]
    interval = f'({row["success_low"]:.2f} to {row["success_high"]:.2f})'
    return [f'{row["success"]:.2f} {interval}', *scores]


def _difference(found: Mapping[str, Any] | None) -> str:
    return '-' if found is None else \
        f'{found["mean"]:+.2f} ({found["low"]:+.2f} to {found["high"]:+.2f})'


def _said(document: Mapping[str, Any]) -> list[str]:
    """Say the headline and what was watched."""
    said = []
    for kind, title in KINDS.items():
        found = document['headline'][kind]
        if 'robot_hours' not in found:
            continue
        success = f'{found["success"]:.2f} ({found["low"]:.2f} to {found["high"]:.2f})'
        said.append(
            f'- **{title}: {found["robot_hours"]:.2f} robot-hours** for success {success}.'
            if found['reached'] else
            f'- {title}: {GOAL:.0%} is not reached; the best is {success} after '
            f'{found["robot_hours"]:.2f} robot-hours.'
        )
    said.append(f'- A teenager learns to drive in about {TEENAGER:.0f} hours.')
    watched = [row['watched'] for row in document['rows'].values() if row.get('watched')]
    if watched:
        said.append(
            f'- Watched before: {watched[0]["hours"]:.2f} h of video, {watched[0]["steps"]} steps.'
        )
    return said


def _shown(value: float | None) -> str:
    return '-' if value is None or not math.isfinite(value) else f'{value:.2f}'


def _rows() -> tuple[Row, ...]:
    """List the numbers of pushes, each without and with an encoder that has watched."""
    return tuple(
        Row(f'{name}_{count}', f'{count} pushes, {meaning}', {'pushes': count}, start=start,
            task=BOTH_TASK)
        for count in PUSHES for name, meaning, start in (
            ('doing', 'from random weights', ''),
            (WATCHED, 'from an encoder that has watched video', WATCHED),
        )
    )


WATCHING = Table(
    'watching', 'From watching, then from doing', 'watching', rows=_rows(),
    budget=Budget(steps=2400, batch=32), compare=compare, lines=lines, legend=LEGEND,
)
