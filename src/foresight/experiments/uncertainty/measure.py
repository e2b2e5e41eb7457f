"""Imagined outcomes of actions beside those of repeating them."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from itertools import count, islice
from pathlib import Path
from typing import Any

import torch
from rich.console import Console

from foresight.actions.loading import load
from foresight.arrays import load_arrays, save_arrays
from foresight.data.repeated_actions import RepeatedActions, stack
from foresight.experiments.document import Document, closing, table
from foresight.experiments.experiment import Experiment
from foresight.experiments.results import scores
from foresight.experiments.uncertainty.scores import score
from foresight.progress import bars, counted
from foresight.settings import SHIPPED, Checked, setting
from foresight.sim.settings import SimConfig
from foresight.tasks.heads import occupancy_of
from foresight.viz.outcomes import draw_outcomes

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


@dataclass(frozen=True)
class UncertaintySettings(Checked):
    """States, repetitions and samples."""

    states: int = setting(120, 'states, each with one action', '', 3)
    repeats: int = setting(12, 'repetitions of each', '', 3)
    samples: int = setting(8, 'samples that compete for the best', '', 2)
    seed: int = setting(3000, 'seed of the first episode', '', 0)
    object_set: str = setting('seen', 'objects', choices=('seen', 'unseen'))
    checkpoint: Path = setting(SHIPPED, 'folder of the world model')
    kept: Path | None = setting(None, 'file that keeps the true outcomes, for another checkpoint')
    picture: Path | None = setting(None, 'PNG of some: true, then imagined')


class Uncertainty(Experiment[UncertaintySettings, Document]):
    """Repeats actions in simulation and imagines what they do."""

    settings = UncertaintySettings()
    sheet = 'uncertainty'

    def measure(self, settings: UncertaintySettings, console: Console) -> Document:
        """Return the figures, and what is known of the checkpoint."""
        torch.set_num_threads(1)
        known = load(settings.checkpoint, 'cpu')
        actions, occupancy = repeated(settings, console), occupancy_of(known)
        found, imagined = score(
            known.model, known.action.spread, occupancy, actions, settings.samples, settings.seed,
        )
        if settings.picture is not None:
            guesses = torch.cat([imagined.expected[:, None], imagined.samples], dim=1)
            draw_outcomes(
                actions, imagined.outcomes, guesses, occupancy, known.config, settings.picture,
            )
        prediction = scores(known.folder)
        return {'unknowns': known.model.unknowns, 'prediction': prediction, **asdict(found)}

    def document(self, settings: UncertaintySettings, measured: Document) -> Document:
        """Return the figures as they are."""
        return measured

    def page(self, document: Document) -> str:
        """Return the page, with the command that makes it again."""
        return '\n'.join([
            f'# What may happen: {document["states"]} actions, each repeated '
            f'{document["repeats"]} times', '',
            f'States of {document["object_set"]} objects from seed {document["seed"]} on; the '
            'same action is done again from the same state, with friction and mass of each object '
            'drawn anew and each object moved by about a millimetre. Errors are squared distances '
            'of latents relative to "nothing moves" (1).', '',
            *table(('figure', 'value'), (
                [meaning.format(**document), _shown(document[name])]
                for name, meaning in MEANINGS.items()
            )), '',
            f'Checkpoint: {document["checkpoint"]}, latent variable of size '
            f'{document["unknowns"]}. Intervals: bootstrap over states, 95 %.', *closing(document),
        ])


def _shown(value: Any) -> str:
    """Write a figure, with its interval if it has one."""
    if isinstance(value, Mapping):
        return f'{value["value"]:.2f} ({value["low"]:.2f} to {value["high"]:.2f})'
    return f'{value:.3f}'


def repeated(settings: UncertaintySettings, console: Console) -> RepeatedActions:
    """Repeat actions in simulation, or read what was kept of them."""
    kept = settings.kept
    if kept is not None and kept.exists():
        return load_arrays(RepeatedActions, kept)
    from foresight.rollout.play import PlayConfig
    from foresight.rollout.repeat import Repeater

    sim = SimConfig(object_set=settings.object_set)
    with Repeater(PlayConfig(sim=sim), settings.repeats) as repeater, bars(console) as progress:
        made = (action for seed in count(settings.seed) for action in repeater.episode(seed))
        wanted = islice(made, settings.states)
        actions = stack(list(counted(progress, 'actions', wanted, settings.states)))
    if kept is not None:
        save_arrays(actions, kept)
    return actions


EXPERIMENTS = {'uncertainty': Uncertainty()}
