"""Trainer of watching: a plain loop that can be killed and started again."""

import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import torch
from rich.console import Console

from foresight.data.footage import Footage
from foresight.training.collapse import HealthLimits, check_health
from foresight.training.descent import descend, scalars
from foresight.training.footage_batches import FootageSampler
from foresight.training.journal import Journal
from foresight.training.learner import Losses
from foresight.training.onlooker_learner import OnlookerLearner
from foresight.training.onlooker_probe import probe_onlooker
from foresight.training.resume import read_state, write_state
from foresight.training.trainer import progress_bar
from foresight.training.video_scores import VideoScores
from foresight.world_model.onlooker import Onlooker
from foresight.world_model.onlooker_checkpoint import OnlookerCheckpointConfig, save_onlooker
from foresight.world_model.precision import pick_device

LOG_EVERY = 20
PATIENCE = 300  # Steps before the collapse alarm is armed.
# Half a second changes little, and most of a clip is the same all through it.
LIMITS = HealthLimits(episode_share_high=0.99, temporal_change_low=0.001)
SAME = ('threads', 'save_every', 'device')


@dataclass(frozen=True)
class WatchResult:
    """Outcome of a run.

    Attributes:
        scores: Held-out scores at the end.
        hours: Video that there was to watch [h].
        steps: Steps of the whole run.
        folder: Where the checkpoint lies.
    """

    scores: VideoScores
    hours: float
    steps: int
    folder: Path


class OnlookerTrainer:
    """Trains the onlooker on footage."""

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
        torch.set_num_threads(watch.threads)
        out.mkdir(parents=True, exist_ok=True)
        self._out, self._console = out, console or Console(stderr=True)
        hours = round(footage.seconds / 3600.0, 4)
        self._config = replace(config, dataset=footage.digest, hours=hours)
        self._device = pick_device(watch.device)
        self.learner = _make_learner(config).to(self._device)
        self._sampler = FootageSampler(
            footage, self.learner.model.scene_map, watch.length, watch.holdout, watch.seed,
        )
        self._sampler.draw(0, watch.batch)
        self._optimizer = torch.optim.AdamW(
            [value for value in self.learner.parameters() if value.requires_grad],
            watch.learning_rate, weight_decay=watch.weight_decay, fused=True,
        )
        self._run = identity(self._config)
        self.step = read_state(
            out, self.learner, self._optimizer, lambda kept: kept == self._run,
        )

    def run(self) -> WatchResult:
        """Train to the end.

        Raises:
            CollapseError: If the latents collapse or the loss is not finite.
        """
        steps = self._config.watch.steps
        with Journal(self._out, self.step) as journal, progress_bar(self._console) as progress:
            task = progress.add_task('watching', total=steps, completed=self.step, rate='')
            while self.step < steps:
                self._advance(journal)
                progress.update(task, completed=self.step)
            scores = self._examine(journal)
        return WatchResult(scores, self._config.hours, steps, self._out)

    def _advance(self, journal: Journal) -> None:
        """Take one step, and log, probe and save when it is time."""
        losses = self._take_step()
        if self.step % LOG_EVERY == 0:
            journal.write(self.step, 'loss', scalars(losses))
        if self.step % self._config.watch.save_every == 0:
            self._examine(journal)
            write_state(self._out, self.step, self.learner, self._optimizer, self._run)

    def _take_step(self) -> Losses:
        """Take one optimiser step; everything random is a function of seed and step."""
        watch = self._config.watch
        self.learner.train()
        drawn = self._sampler.draw(self.step, watch.batch)
        generator = torch.Generator().manual_seed(watch.seed * 1_000_003 + self.step)
        moments = self.learner.model.prepare(
            drawn.frames.to(self._device), drawn.backgrounds.to(self._device),
        )
        losses = self.learner.losses(
            moments, drawn.seen.to(self._device), drawn.scene.to(self._device), generator,
        )
        everything = [list(self.learner.parameters())]
        descend(losses, self._optimizer, everything, self.step, watch.steps, watch)
        self.learner.update_target()
        self.step += 1
        return losses

    def _examine(self, journal: Journal) -> VideoScores:
        """Probe on held-out video, save and sound the collapse alarm."""
        scores = probe_onlooker(self.learner.model, self._sampler)
        journal.write(self.step, 'probe', scores.known())
        config = replace(self._config, scores=scores.known())
        save_onlooker(self._out, self.learner.model, config)
        if self.step >= min(PATIENCE, config.watch.steps):
            check_health(scores.health, LIMITS)
        return scores


def identity(config: OnlookerCheckpointConfig) -> dict[str, Any]:
    """Describe what must not change between the two halves of a run."""
    described: dict[str, Any] = json.loads(json.dumps(asdict(config)))
    described.pop('scores')
    for name in SAME:
        described['watch'].pop(name)
    return described


def _make_learner(config: OnlookerCheckpointConfig) -> OnlookerLearner:
    """Build a learner whose initial weights depend only on the seed."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(config.watch.seed)
        model = Onlooker(config.encoder, config.watch, config.scene)
        return OnlookerLearner(model, config.watch)
