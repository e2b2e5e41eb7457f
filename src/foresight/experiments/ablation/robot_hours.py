"""Table of robot-hours: success by what was done, with and without practice."""

from collections.abc import Mapping
from statistics import fmean
from typing import Any

from foresight.experiments.ablation.rows import BOTH_TASK, PLANNED_SHARE, PRACTICE, Row
from foresight.experiments.ablation.table import Runs, Table, interval, shown, success
from foresight.experiments.document import Document, difference_lines, table

ACTIONS = (250, 1000, 4000, 16_000)
"""Actions of play to learn from."""
BEGIN, ROUNDS = 1000, 3
"""Actions of play before practice, and rounds of it."""
GOAL = 0.9
"""Success that counts as clearing the table."""
TEENAGER = 20.0
"""Hours in which a teenager learns to drive (LeCun 2022, A Path Towards Autonomous Machine
Intelligence, section 1) [h]."""
DOING, PRACTISED = 'doing', 'practised'
KINDS = {DOING: 'doing alone', PRACTISED: 'doing, then practice'}
FIGURES = ('actions', 'resets', 'rejected')
LEGEND = f"""\
Every row learns from the first whole episodes of the same play and their labels, with the same
optimiser steps ({{steps}} of {{batch}} actions). `{PRACTISED}` rows learn from {BEGIN} actions of
play and from rounds of {PRACTICE}, in which the planner of the row before chooses
{PLANNED_SHARE:.0%} of the actions. *Robot-hours* are simulated time of all these episodes:
reset, approach, action, retract and the wait for rest; an action that the arm cannot do is refused
before it moves and takes none. A reset takes a second in simulation; a person takes longer.
Differences are over the training seeds that both rows have.
*Success*: every object in the bin and none dropped, within ten actions, {{episodes}} episodes of
three seen objects a run, tuning seeds from {{first_episode}}, Wilson's 95 % interval.
*Prediction*: error of the predicted latent over that of "nothing moves" on held-out actions of
play. *Occupancy R2*: linear probe of 3 x 3 cells.

Watching was tried, gained nothing beyond chance and was removed: an encoder that had first watched
6 h of video without actions (`watched` rows) made -0.02, +0.10, -0.10 and +0.08 of difference
after 250, 1 000, 4 000 and 16 000 actions, and every interval holds 0."""


def compare(document: Document, runs: Runs) -> Document:
    """Add robot-hours and the headline."""
    rows = {
        name: {**row, 'robot': _mean_cost(known)}
        for name, row in document['rows'].items()
        if (known := [run for run in runs if run['row'] == name])
    }
    headline = {kind: _headline(kind, rows) for kind in KINDS}
    return {**document, 'rows': rows, 'headline': headline}


def _mean_cost(runs: Runs) -> dict[str, float] | None:
    """Return what a row cost the robot, the mean over its training seeds."""
    costs = [run['robot'] for run in runs if run.get('robot')]
    return {key: fmean(cost[key] for cost in costs) for key in costs[0]} if costs else None


def _headline(kind: str, rows: Mapping[str, Any]) -> dict[str, Any]:
    """Say from how few robot-hours a kind reaches the goal, or how far it came."""
    points = [row for name, row in rows.items() if name.startswith(kind) and row['robot']]
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
    """Draw one line a row, the differences and the headline."""
    scores = 'prediction_ratio', 'occupancy_r2'
    head = (
        'row', 'robot-hours', *FIGURES, 'seeds', 'success', '95 %', 'prediction', 'occupancy R2',
    )
    return [
        *table(head, (
            [f'`{name}`', f'{row["robot"]["robot_hours"]:.2f}',
             *(f'{row["robot"][figure]:.0f}' for figure in FIGURES), str(len(row['seeds'])),
             success(row), interval(row), *(shown(row['scores'][score]) for score in scores)]
            for name, row in document['rows'].items()
        )), '', *difference_lines(document['differences']), '', *_said(document),
    ]


def _said(document: Mapping[str, Any]) -> list[str]:
    """Say the headline."""
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
    return said


def _rows() -> tuple[Row, ...]:
    """List the numbers of actions of play and the rounds of practice."""
    counts = [BEGIN + PRACTICE * number for number in range(1, ROUNDS + 1)]
    teachers = [f'{DOING}_{BEGIN}', *(f'{PRACTISED}_{count}' for count in counts)]
    return (
        *(Row(f'{DOING}_{count}', f'{count} actions', {'actions': count}, task=BOTH_TASK)
          for count in ACTIONS),
        *(Row(f'{PRACTISED}_{count}', f'{BEGIN} actions and practice up to {count}',
              {'actions': BEGIN}, task=BOTH_TASK, teacher=teacher)
          for count, teacher in zip(counts, teachers, strict=False)),
    )


ROBOT_HOURS = Table(
    'From doing, then from practice', 'watching', rows=_rows(), compare=compare,
    pairs=tuple((row.name, f'{DOING}_{BEGIN}') for row in _rows() if row.teacher),
    lines=lines, legend=LEGEND,
)
