"""Labels table: success by the number of labelled images, for three ways to use them."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from foresight.experiments.ablation.methods import AUTOENCODER, METHODS, REFERENCE, SUPERVISED
from foresight.experiments.ablation.rows import (
    BOTH_TASK,
    GOAL_TASK,
    HEAD,
    SCORED,
    SHIPPED,
    Budget,
    Row,
)
from foresight.experiments.ablation.table import LEGEND, Table, interval, shown, success
from foresight.experiments.document import Document, difference_lines, table

COUNTS = (50, 200, 1000, 5000, 0)
"""Labelled images; 0 = all."""
KINDS = {
    'head': 'self-supervised, frozen',
    'label_grounded': 'self-supervised, label gradient',
    'supervised': 'labels alone',
}
"""Ways to use labels, and what their columns are called."""
NO_LABEL = Row(
    'goal_image', 'self-supervised, goal image, no label', SCORED, start=REFERENCE.name,
    learns=False, task=GOAL_TASK,
)
"""The reference row, told by an image of the empty table."""
BARLOW = METHODS.row('barlow_inverse')
"""Another anti-collapse method than the reference, with all labels in its cost head alone."""
AS_SHIPPED = Row(
    SHIPPED, 'as it ships, trained for longer', SCORED, start=SHIPPED, learns=False,
    task=BOTH_TASK,
)
LABELS_LEGEND = f"""\
What predicts latents without labels plays `{BOTH_TASK}`: two actions ahead, by an image of the
empty table and by the cost head. Labels alone teach no prediction of latents, and the gradient
of labels bends the distance to that image; both columns play `{SUPERVISED.task}`, by the cost
head. The line of no label, `{NO_LABEL.name}`, plays
`{GOAL_TASK}`. In `{BARLOW.name}` the cost head learns while the world model does, and its
gradient does not reach the encoder. `{SHIPPED}` learned for longer, from play collected before
(see `docs/model_card.md`)."""


def name_of(kind: str, count: int) -> str:
    """Return the name of the row of a kind and a number of labelled images."""
    if count:
        return f'{kind}_{count}'
    return 'head_all' if kind == 'head' else kind


def _pairs() -> tuple[tuple[str, str], ...]:
    """List what is compared with labels alone, and the world model with the autoencoder."""
    alone = {count: name_of('supervised', count) for count in COUNTS}
    return (
        *((name_of(kind, count), alone[count])
          for kind in ('head', 'label_grounded') for count in COUNTS),
        *((NO_LABEL.name, name) for name in alone.values()),
        (BARLOW.name, alone[0]), (SHIPPED, alone[0]), (name_of('head', 0), AUTOENCODER.name),
    )


def lines(document: Document) -> list[str]:
    """Draw one line a number of labels, success and ranking accuracy side by side."""
    rows, others = document['rows'], ['-'] * 4
    head = 'labelled images', *(word for title in KINDS.values() for word in (title, 'ranking'))
    return [
        *table(head, [
            ['none', *_cells(rows.get(NO_LABEL.name)), *others],
            *([str(count or 'all'), *(
                cell for kind in KINDS for cell in _cells(rows.get(name_of(kind, count)))
            )] for count in COUNTS),
            *([f'all, {name}', *_cells(rows.get(name)), *others]
              for name in (BARLOW.name, AUTOENCODER.name, SHIPPED)),
        ]), '', *difference_lines(document['differences']),
    ]


def _rows() -> tuple[Row, ...]:
    """List the ways to use so many labels."""
    grounded = METHODS.row('label_grounded')
    kinds = {
        'head': Row('head', 'self-supervised, frozen; cost head', HEAD, start=REFERENCE.name,
                    task=BOTH_TASK),
        'label_grounded': replace(grounded, meaning='self-supervised and label gradient'),
        'supervised': replace(SUPERVISED, meaning='labels alone'),
    }
    return tuple(
        replace(row, name=name_of(kind, count), labels=count,
                meaning=f'{row.meaning}, {count or "all"} labelled images')
        for kind, row in kinds.items() for count in COUNTS
    )


def _cells(row: Mapping[str, Any] | None) -> list[str]:
    """Return success and ranking accuracy of a row."""
    if row is None:
        return ['-', '-']
    ranking = shown(row['scores']['ranking_accuracy'])
    if row['success'] is None:
        return [success(row), ranking]
    return [f'{success(row)} ({interval(row)})', ranking]


LABELS = Table(
    'Success by the number of labelled images', 'label_efficiency',
    rows=(
        NO_LABEL, *_rows(),
        *(replace(row, task=BOTH_TASK, meaning=f'{row.meaning}, all labelled images')
          for row in (BARLOW, AUTOENCODER)),
        AS_SHIPPED,
    ),
    before=(REFERENCE,), budget=Budget(episodes=200), shares=METHODS.page,
    pairs=_pairs(), lines=lines, legend=f'{LABELS_LEGEND}\n\n{LEGEND}',
)
