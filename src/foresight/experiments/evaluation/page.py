"""The results page of closed-loop play: success of each policy on each split."""

from collections.abc import Mapping
from typing import Any

from foresight.experiments.document import Document, by_robot, closing, table
from foresight.tasks.clear_table.score import CLEARED

HEAD = (
    'objects', 'policy', 'success', '95 % interval', 'cleared', 'dropped', 'actions',
    'plan ms p50', 'plan ms p99', 'outcomes',
)


def to_markdown(document: Document) -> str:
    """Return the page, with the command that makes it again."""
    place = f' at the site {document["site"]}' if document.get('site') else ''
    over_ros = document.get('over_ros', False)
    through = 'the nodes over ROS 2' if over_ros else 'the core in lockstep'
    asked = document.get('success', CLEARED.about)
    which = '' if asked == CLEARED.about else ' (what is as it should be)'
    promise = 'timing can change it' if over_ros else 'the same command gives the same one'
    return '\n'.join([
        f'# {document["task"]}{place}{by_robot(document)}: {document["episodes"]} episodes, '
        f'{document["objects"]} objects, at most {document["max_actions"]} actions', '',
        *table(HEAD, (
            [split, policy, *played(figures)]
            for split, policies in document['splits'].items()
            for policy, figures in policies.items()
        )), '',
        f'Seeds {document["seed"]} to {document["seed"] + document["episodes"] - 1}, played '
        f'through {through}. Machine: {document["machine"]}. '
        f'Checkpoint: {document["checkpoint"] or "none"}.', '',
        f'Success: {asked}, none dropped, within the allowed actions. Cleared{which} and '
        "dropped are shares of all objects. The interval is Wilson's. `outcomes` is a "
        f'fingerprint of every per-episode outcome: {promise}.',
        *_prediction(document['prediction']), *closing(document),
    ])


def played(f: Mapping[str, Any]) -> list[str]:
    """Return the cells of the figures of some episodes."""
    return [
        f'{f["success"]:.2f}', f'{f["success_low"]:.2f} to {f["success_high"]:.2f}',
        f'{f["cleared"]:.2f}', f'{f["dropped"]:.2f}', f'{f["actions"]:.1f}',
        _shown(f['plan_ms_p50']), _shown(f['plan_ms_p99']), f'`{f["digest"]}`',
    ]


def _prediction(scores: Mapping[str, float]) -> list[str]:
    """Compare prediction with its floor, "nothing moves", if the checkpoint was scored."""
    if not scores:
        return []
    return [
        '', 'Prediction on held-out actions; the error is relative to that of "nothing moves" '
        '(persistence = 1).', '',
        *table(('score', 'value'), (
            [name.replace('_', ' '), f'{value:.3g}'] for name, value in scores.items()
        )),
    ]


def _shown(value: float | None) -> str:
    """Return a time for the table."""
    return '-' if value is None else f'{value:.1f}'
