"""Transfer table: what play without labels is worth at another site, beside labels alone."""

from collections.abc import Sequence
from pathlib import Path

from foresight.experiments.ablation.methods import SUPERVISED
from foresight.experiments.ablation.rows import GIVEN, GOAL_TASK, HEAD, SCORED, Budget, Row
from foresight.experiments.ablation.table import Table, row_lines
from foresight.experiments.document import Document, difference_lines, interval, table

FEW = 200
"""Labelled images of the site."""
PLAY = Row('play', 'goes on at a new site without labels', {'learning_rate': 5e-4}, FEW, GIVEN)
"""What other rows go on from; its cost head is thrown away."""
KEPT = Row('kept', 'as shipped, nothing learned at the site', SCORED, start=GIVEN, learns=False)
NEW_HEAD = Row(
    f'head_{FEW}', 'self-supervised as shipped, frozen; new cost head', HEAD, FEW, GIVEN,
)
ADAPTED = Row(
    f'adapted_{FEW}', 'the same, after play at the site without labels', HEAD, FEW, PLAY.name,
)
GROUNDED = Row(
    f'label_grounded_{FEW}', 'the same play and the gradient of the labels',
    {**PLAY.changes, 'label_gradient': True}, FEW, GIVEN,
)
TUNED = Row(
    f'supervised_{FEW}', 'labels alone, from the shipped weights',
    {**PLAY.changes, **SUPERVISED.changes}, FEW, GIVEN,
)
FRESH = Row(f'supervised_new_{FEW}', 'labels alone, from random weights', SUPERVISED.changes, FEW)
PAIRS = (
    (ADAPTED, NEW_HEAD), (NEW_HEAD, FRESH), (ADAPTED, FRESH), (ADAPTED, TUNED),
    (ADAPTED, GROUNDED), (ADAPTED, KEPT), (NEW_HEAD, KEPT),
)
"""Rows that are compared: first minus second, on the same episodes."""
TRANSFER_LEGEND = f"""\
Another camera pose, another table and other objects than in the play that the checkpoint learned
from. Every row but `{KEPT.name}` sees the same {FEW} labelled images of the site and no other
label; `{ADAPTED.name}` and `{GROUNDED.name}` also see the play there without labels. All rows are
scored on held-out play of the site. `{GOAL_TASK}` takes the goal from an image of the empty table
and reads no label, with the shipped weights (`{KEPT.name}_<seed>`) or after the play
(`{PLAY.name}_<seed>`)."""


def untouched(results: Path, runs: Path, seeds: Sequence[int]) -> list[Path]:
    """Return the checkpoints at a site that no label reached and that are fully trained.

    The result of a row, one JSON file a training seed, says that what it started from is.
    """
    without = {KEPT.name: KEPT.name, ADAPTED.name: PLAY.name}
    return [
        runs / f'{checkpoint}_{seed}' for seed in seeds for row, checkpoint in without.items()
        if (results / f'{row}_{seed}.json').exists()
    ]


def lines(document: Document) -> list[str]:
    """Draw the rows, what stands beside them on the same episodes, and the differences."""
    return [
        *row_lines(document), '',
        f'Site `{document["site"]}`, {document["actions"]} actions of play.', '', TRANSFER_LEGEND,
        '', *table(('on the same episodes', 'success (95 %)', 'cleared', 'dropped', 'actions'), (
            [f'`{name}`', interval(f, 'success'), f'{f["cleared"]:.2f}', f'{f["dropped"]:.2f}',
             f'{f["actions"]:.1f}'] for name, f in document['references'].items()
        )), '',
        *difference_lines(document['differences']),
    ]


TRANSFER = Table(
    'Transfer to another site', 'transfer',
    rows=(KEPT, NEW_HEAD, ADAPTED, GROUNDED, TUNED, FRESH), before=(PLAY,),
    budget=Budget(steps=500, head_steps=400), lines=lines,
    pairs=tuple((first.name, second.name) for first, second in PAIRS),
)
