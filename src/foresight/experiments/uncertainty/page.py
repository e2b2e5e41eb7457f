"""The results page of repeated actions."""

from collections.abc import Mapping
from typing import Any

from foresight.experiments.document import Document
from foresight.experiments.tables import closing, table

MEANINGS = {
    'perfect_expected': 'error of the mean of the other true outcomes: the best single prediction',
    'expected': 'error of the prediction without the latent variable',
    'single': 'error of one sample',
    'best': 'error of the best of {samples} samples',
    'jitter_best': 'error of the best of {samples} predictions of slightly jittered actions',
    'perfect_best': 'error of the best of {samples} other true outcomes: perfect samples',
    'coverage': 'best over one sample (1 = the latent variable is ignored)',
    'gain': 'best over the prediction without it',
    'spread': 'rank correlation: spread of samples, spread of true outcomes',
    'jitter_spread': 'rank correlation: spread of predictions of jittered actions, true spread',
    'motion': 'rank correlation: expected change, spread of true outcomes (needs no samples)',
    'size': 'variance of samples over that of true outcomes',
    'drops': 'share of the actions that drop something in some repetition',
    'drops_expected': 'rank correlation: drops imagined without it, true share of drops',
    'drops_samples': 'rank correlation: drops imagined on average over samples, true share',
}


def to_markdown(document: Document) -> str:
    """Return the page, with the command that makes it again."""
    return '\n'.join([
        f'# What may happen: {document["states"]} actions, each repeated {document["repeats"]} '
        'times', '',
        f'States of {document["object_set"]} objects from seed {document["seed"]} on; the same '
        'action is done again from the same state, with friction and mass of each object drawn '
        'anew and each object moved by about a millimetre. Errors are squared distances of '
        'latents relative to "nothing moves" (1).', '',
        *table(('figure', 'value'), (
            [meaning.format(**document), _shown(document[name])]
            for name, meaning in MEANINGS.items()
        )), '',
        f'Checkpoint: {document["checkpoint"]}, latent variable of size {document["unknowns"]}. '
        'Intervals: bootstrap over states, 95 %.', *closing(document),
    ])


def _shown(value: Any) -> str:
    """Write a figure, with its interval if it has one."""
    if isinstance(value, Mapping):
        return f'{value["value"]:.2f} ({value["low"]:.2f} to {value["high"]:.2f})'
    return f'{value:.3f}'
