"""Trainer of watching."""

from dataclasses import replace
from pathlib import Path

import torch
from rich.console import Console
from torch import Generator

from foresight.data.footage import Footage
from foresight.learning.batches.footage import FootageSampler
from foresight.learning.learners.onlooker import OnlookerLearner
from foresight.learning.learners.world_model import Losses
from foresight.learning.loop import Loop
from foresight.learning.probes.collapse import HealthLimits
from foresight.learning.probes.onlooker import probe_onlooker
from foresight.learning.probes.video_scores import VideoScores
from foresight.learning.resume import identity
from foresight.world_model.onlooker import Onlooker
from foresight.world_model.onlooker_checkpoint import OnlookerCheckpointConfig, save_onlooker


class OnlookerTrainer(Loop[OnlookerLearner, VideoScores]):
    """Trains the onlooker on footage.

    Attributes:
        hours: Video that there is to watch [h].
    """

    # Half a second changes little, and most of a clip is the same all through it.
    limits = HealthLimits(episode_share_high=0.99, temporal_change_low=0.001)

    def __init__(
        self, footage: Footage, out: Path, config: OnlookerCheckpointConfig,
        console: Console | None = None,
    ) -> None:
        """Prepare a run, or the rest of one.

        Args:
            footage: Video; some clips are held out.
            out: Folder of the checkpoint and the resume state.
            config: Every setting; scores, hours and dataset are filled in.
            console: Where progress is shown; standard error without one.

        Raises:
            CheckpointError: If `out` holds a run with other settings or video.
            DatasetError: If there is too little video.
        """
        watch = config.watch
        self.hours = round(footage.seconds / 3600.0, 4)
        self._config = replace(config, dataset=footage.digest, hours=self.hours)
        learner = _make_learner(config)
        self._sampler = FootageSampler(
            footage, learner.model.scene_map, watch.length, watch.holdout, watch.seed,
        )
        self._sampler.draw(0, watch.batch)
        super().__init__(
            learner, watch, watch.steps, watch.save_every, out, console or Console(stderr=True),
            identity(self._config, 'watch'),
        )

    def _losses(self, generator: Generator) -> Losses:
        """Compute the loss of the next stretches."""
        drawn = self._sampler.draw(self.step, self._config.watch.batch)
        moments = self.learner.model.prepare(
            drawn.frames.to(self._device), drawn.backgrounds.to(self._device),
        )
        losses: Losses = self.learner.losses(
            moments, drawn.seen.to(self._device), drawn.scene.to(self._device), generator,
        )
        return losses

    def _probe(self) -> VideoScores:
        """Score on held-out video."""
        return probe_onlooker(self.learner.model, self._sampler)

    def _save(self, scores: VideoScores) -> None:
        """Write the checkpoint."""
        save_onlooker(self._out, self.learner.model, replace(self._config, scores=scores.known()))


def _make_learner(config: OnlookerCheckpointConfig) -> OnlookerLearner:
    """Build a learner whose initial weights depend only on the seed."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(config.watch.seed)
        model = Onlooker(config.encoder, config.watch, config.scene)
        return OnlookerLearner(model, config.watch)
