"""Transfer table: what play without labels is worth at another site, beside labels alone."""

from collections.abc import Mapping, Sequence
from typing import Any

from foresight.training.ablation_differences import difference_lines, differences
from foresight.training.ablation_rows import FEW

ADAPTED, HEAD = f'adapted_{FEW}', f'head_{FEW}'
FRESH = f'supervised_new_{FEW}'
PAIRS = (
    (ADAPTED, HEAD), (HEAD, FRESH), (ADAPTED, FRESH), (ADAPTED, f'supervised_{FEW}'),
    (ADAPTED, f'label_grounded_{FEW}'), (ADAPTED, 'kept'), (HEAD, 'kept'),
)
"""Rows that are compared: first minus second, on the same episodes."""
LEGEND = f"""\
Another camera pose, another table and other objects than in the play that the checkpoint learned
from. Every row but `kept` sees the same {FEW} labelled images of the site and no other label;
`{ADAPTED}` and `label_grounded_{FEW}` also see the play there without labels. All rows are scored
on held-out play of the site. `clear_table_goal` takes the goal from an image of the empty table
and reads no label, with the shipped weights (`kept_<seed>`) or after the play (`play_<seed>`)."""


def add_transfer(
    document: Mapping[str, Any], runs: Sequence[Mapping[str, Any]],
    references: Mapping[str, Mapping[str, Any]], site: str,
) -> dict[str, Any]:
    """Add the paired differences, the ceiling and the floor to the document of a table.

    Args:
        document: What `ablation_table.to_document` returned.
        runs: One mapping a run, with its outcomes.
        references: Figures of the policies that know better or know nothing.
        site: Name of the site.
    """
    return {
        **document, 'site': site, 'references': references,
        'differences': differences(runs, PAIRS),
    }


def transfer_lines(document: Mapping[str, Any]) -> list[str]:
    """Return what stands under the table: site, ceiling, floor and differences."""
    lines = [
        f'Site `{document["site"]}`, {document["pushes"]} pushes of play.', '', LEGEND, '',
        '| on the same episodes | success | 95 % | cleared | dropped | pushes |', '|---' * 6 + '|',
    ]
    for name, f in document['references'].items():
        lines.append(
            f'| `{name}` | {f["success"]:.2f} | {f["success_low"]:.2f} to {f["success_high"]:.2f} '
            f'| {f["cleared"]:.2f} | {f["dropped"]:.2f} | {f["pushes"]:.1f} |'
        )
    return [*lines, '', *difference_lines(document['differences']), '']
