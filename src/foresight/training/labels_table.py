"""Labels table: success by the number of labelled images, for three ways to use them."""

from collections.abc import Mapping, Sequence
from typing import Any

from foresight.training.ablation_differences import difference_lines, differences
from foresight.training.ablation_rows import (
    AUTOENCODER,
    EFFICIENCY,
    LABELS,
    NO_LABEL,
    SHIPPED,
    TABLES,
)

KINDS = {
    'head': 'self-supervised, frozen',
    'label_grounded': 'self-supervised, label gradient',
    'supervised': 'labels alone',
}
LEGEND = f"""\
What predicts latents plays `clear_table_both`: two pushes ahead, by an image of the empty table
and by the cost head. Labels alone teach no prediction of latents; that column plays
`clear_table`, by the cost head. The line of no label, `{NO_LABEL}`, plays `clear_table_goal`.
`{SHIPPED}` learned for longer, from play collected before (see `docs/model_card.md`)."""


def add_labels(
    document: Mapping[str, Any], runs: Sequence[Mapping[str, Any]],
) -> dict[str, Any]:
    """Add to a document how the others compare with labels alone, paired on the same episodes.

    Args:
        document: What `ablation_table.to_document` returned.
        runs: One mapping a run, with its outcomes.
    """
    return {**document, 'differences': differences(runs, _pairs())}


def labels_lines(document: Mapping[str, Any]) -> list[str]:
    """Draw one line a number of labels, success and ranking accuracy side by side."""
    rows, others = document['rows'], ['-'] * 4
    return [
        f'| labelled images | {" | ".join(f"{title} | ranking" for title in KINDS.values())} |',
        '|---' * (1 + 2 * len(KINDS)) + '|',
        f'| none | {" | ".join([*_cells(rows.get(NO_LABEL)), *others])} |',
        *(_line(count, rows) for count in (*LABELS, 0)),
        *(f'| all, {name} | {" | ".join([*_cells(rows.get(name)), *others])} |'
          for name in (AUTOENCODER, SHIPPED)), '',
        *difference_lines(document['differences']), '', LEGEND,
    ]


def _line(count: int, rows: Mapping[str, Any]) -> str:
    """Put the rows of one number of labels side by side."""
    cells = [cell for kind in KINDS for cell in _cells(rows.get(_name(kind, count)))]
    return f'| {count or "all"} | {" | ".join(cells)} |'


def _cells(row: Mapping[str, Any] | None) -> list[str]:
    """Return success and ranking accuracy of a row."""
    if row is None:
        return ['-', '-']
    ranking = row['scores']['ranking_accuracy']
    shown = '-' if ranking is None else f'{ranking:.2f}'
    if row['success'] is None:
        return ['collapsed', shown]
    return [f'{row["success"]:.2f} ({row["success_low"]:.2f} to {row["success_high"]:.2f})', shown]


def _name(kind: str, count: int) -> str:
    """Return the name of the row of a kind and a number of labels; 0 = all."""
    return next(
        row.name for row in TABLES[EFFICIENCY]
        if row.name.startswith(kind) and row.labels == count
    )


def _pairs() -> list[tuple[str, str]]:
    """List what is compared with labels alone; without labels, with each number of them."""
    alone = {count: _name('supervised', count) for count in (*LABELS, 0)}
    same = [
        (_name(kind, count), alone[count])
        for kind in ('head', 'label_grounded') for count in alone
    ]
    none = [(NO_LABEL, name) for name in alone.values()]
    return [*same, *none, (SHIPPED, alone[0]), (_name('head', 0), AUTOENCODER)]
