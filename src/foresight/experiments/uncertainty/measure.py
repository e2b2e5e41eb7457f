"""Imagined outcomes of actions beside those of repeating them."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from itertools import count, islice
from pathlib import Path
from typing import Any

import torch
from rich.console import Console

from foresight.actions.loading import load
from foresight.data.arrays import load_arrays, save_arrays
from foresight.data.repeated_actions import RepeatedActions, stack
from foresight.experiments.document import Document
from foresight.experiments.episodes import scores
from foresight.experiments.experiment import OnePage
from foresight.experiments.uncertainty.page import to_markdown
from foresight.experiments.uncertainty.scores import UncertaintyScores, score
from foresight.files import find_model
from foresight.progress import bars
from foresight.settings import SHIPPED, Checked, setting
from foresight.sim.settings import SimConfig
from foresight.tasks.heads import occupancy_of
from foresight.viz.outcomes import draw_outcomes


@dataclass(frozen=True)
class UncertaintySettings(Checked):
    """States, repetitions and samples."""

    states: int = setting(120, 'states, each with one action', '', 3)
    repeats: int = setting(12, 'repetitions of each', '', 3)
    samples: int = setting(8, 'samples that compete for the best', '', 2)
    seed: int = setting(3000, 'seed of the first episode', '', 0)
    object_set: str = setting('seen', 'objects', choices=('seen', 'unseen'))
    checkpoint: Path = setting(SHIPPED, 'folder of the world model')
    kept: Path | None = setting(
        None, 'file that keeps the true outcomes, for another checkpoint'
    )
    picture: Path | None = setting(None, 'PNG of some: true, then imagined')


class Uncertainty(OnePage):
    """Repeats actions in simulation and imagines what they do."""

    settings = UncertaintySettings()
    page = staticmethod(to_markdown)

    def measure(
        self, settings: UncertaintySettings, console: Console,
    ) -> tuple[UncertaintyScores, Mapping[str, Any]]:
        """Return the figures, and what is known of the checkpoint."""
        torch.set_num_threads(1)
        folder = find_model(settings.checkpoint)
        known = load(folder, 'cpu')
        actions, occupancy = repeated(settings, console), occupancy_of(known)
        found, imagined = score(
            known.model, known.action.spread, occupancy, actions, settings.samples, settings.seed,
        )
        if settings.picture is not None:
            draw_outcomes(actions, imagined, occupancy, known.config, settings.picture)
        return found, {'unknowns': known.model.unknowns, 'prediction': scores(folder)}

    def document(
        self, settings: UncertaintySettings,
        measured: tuple[UncertaintyScores, Mapping[str, Any]],
    ) -> Document:
        """Return the figures."""
        found, about = measured
        return {**about, **asdict(found)}


def repeated(settings: UncertaintySettings, console: Console) -> RepeatedActions:
    """Repeat actions in simulation, or read what was kept of them."""
    kept = settings.kept
    if kept is not None and kept.exists():
        return load_arrays(RepeatedActions, kept)
    from foresight.rollout.play import PlayConfig
    from foresight.rollout.repeat import Repeater

    sim = SimConfig(object_set=settings.object_set)
    found: list[Any] = []
    with Repeater(PlayConfig(sim=sim), settings.repeats) as repeater, bars(console) as progress:
        bar = progress.add_task('actions', total=settings.states, rate='')
        made = (action for seed in count(settings.seed) for action in repeater.episode(seed))
        for action in islice(made, settings.states):
            found.append(action)
            progress.advance(bar)
    actions = stack(found)
    if kept is not None:
        save_arrays(actions, kept)
    return actions


EXPERIMENTS = {'uncertainty': Uncertainty()}
