"""Trainer of the video predictor: a plain loop that can be killed and started again."""

import hashlib
import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import torch
from rich.console import Console

from foresight.data.clips import Clips
from foresight.training.collapse import HealthLimits, check_health
from foresight.training.descent import descend, scalars
from foresight.training.journal import Journal
from foresight.training.learner import Losses
from foresight.training.resume import read_state, write_state
from foresight.training.trainer import progress_bar
from foresight.training.video_batches import ClipSampler
from foresight.training.video_learner import VideoLearner
from foresight.training.video_probe import probe_video
from foresight.training.video_scores import VideoScores
from foresight.world_model.precision import pick_device
from foresight.world_model.video_checkpoint import VideoCheckpointConfig, save_video
from foresight.world_model.video_predictor import VideoJepa

LOG_EVERY = 20
PATIENCE = 300  # Steps before the collapse alarm is armed.
HELD_OUT = 20  # One clip in so many is kept for the probe.
# Boards and blocks rest all through a clip: much of a latent rightly does, too.
LIMITS = HealthLimits(episode_share_high=0.99, temporal_change_low=0.001)
SAME = ('threads', 'save_every', 'device')


@dataclass(frozen=True)
class VideoTrainResult:
    """Outcome of a run.

    Attributes:
        scores: Held-out scores at the end.
        steps: Steps of the whole run.
        folder: Where the checkpoint lies.
    """

    scores: VideoScores
    steps: int
    folder: Path


class VideoTrainer:
    """Trains the video predictor on clips."""

    def __init__(
        self, clips: Clips, out: Path, config: VideoCheckpointConfig,
        console: Console | None = None,
    ) -> None:
        """Prepare a run, or the rest of one.

        Args:
            clips: All clips; some are held out.
            out: Folder of the checkpoint and the resume state.
            config: Every setting; scores and dataset are filled in.
            console: Where progress is shown; standard error without one.

        Raises:
            CheckpointError: If `out` holds a run with other settings or data.
            DatasetError: If there are too few or too short clips.
        """
        train = config.train
        torch.set_num_threads(train.threads)
        out.mkdir(parents=True, exist_ok=True)
        self._out, self._console = out, console or Console(stderr=True)
        self._config = replace(config, dataset=digest(clips))
        self._device = pick_device(train.device)
        self.learner = _make_learner(config).to(self._device)
        kept, self._held_out = split_clips(clips)
        model = self.learner.model
        self._sampler = ClipSampler(
            kept, model.scene_map, config.encoder.stride,
            (train.crop_rows, train.crop_columns), train.frames, train.seed,
        )
        self._optimizer = torch.optim.AdamW(
            [value for value in self.learner.parameters() if value.requires_grad],
            train.learning_rate, weight_decay=train.weight_decay, fused=True,
        )
        self._run = identity(self._config)
        self.step = read_state(
            out, self.learner, self._optimizer, lambda kept: kept == self._run,
        )

    def run(self) -> VideoTrainResult:
        """Train to the end.

        Raises:
            CollapseError: If the latents collapse or the loss is not finite.
        """
        train = self._config.train
        with Journal(self._out, self.step) as journal, progress_bar(self._console) as progress:
            task = progress.add_task('training', total=train.steps, completed=self.step, rate='')
            while self.step < train.steps:
                self._advance(journal)
                progress.update(task, completed=self.step)
            scores = self._examine(journal)
        return VideoTrainResult(scores, train.steps, self._out)

    def _advance(self, journal: Journal) -> None:
        """Take one step, and log, probe and save when it is time."""
        losses = self._take_step()
        if self.step % LOG_EVERY == 0:
            journal.write(self.step, 'loss', scalars(losses))
        if self.step % self._config.train.save_every == 0:
            self._examine(journal)
            write_state(self._out, self.step, self.learner, self._optimizer, self._run)

    def _take_step(self) -> Losses:
        """Take one optimiser step; everything random is a function of seed and step."""
        train = self._config.train
        self.learner.train()
        batch = self._sampler(self.step, train.batch)
        generator = torch.Generator().manual_seed(train.seed * 1_000_003 + self.step)
        frames = self.learner.model.prepare(
            batch.frames.to(self._device), batch.backgrounds.to(self._device),
        )
        losses = self.learner.losses(frames, batch.scene.to(self._device), generator)
        everything = [list(self.learner.parameters())]
        descend(losses, self._optimizer, everything, self.step, train.steps, train)
        self.learner.update_target()
        self.step += 1
        return losses

    def _examine(self, journal: Journal) -> VideoScores:
        """Probe on held-out clips, save and sound the collapse alarm."""
        scores = probe_video(self.learner.model, self._held_out)
        journal.write(self.step, 'probe', scores.known())
        save_video(self._out, self.learner.model, replace(self._config, scores=scores.known()))
        if self.step >= PATIENCE:
            check_health(scores.health, LIMITS)
        return scores


def split_clips(clips: Clips) -> tuple[Clips, Clips]:
    """Keep some clips apart, evenly spread: (for training, held out)."""
    held = torch.arange(len(clips)).numpy() % HELD_OUT == 0
    return tuple(  # type: ignore[return-value]
        Clips(clips.frames[rows], clips.backgrounds[rows]) for rows in (~held, held)
    )


def digest(clips: Clips) -> str:
    """Return a hash of the clips."""
    known = hashlib.sha256(clips.backgrounds.tobytes())
    known.update(clips.frames[:, ::5].tobytes())
    return known.hexdigest()


def identity(config: VideoCheckpointConfig) -> dict[str, Any]:
    """Describe what must not change between the two halves of a run."""
    described: dict[str, Any] = json.loads(json.dumps(asdict(config)))
    described.pop('scores')
    for name in SAME:
        described['train'].pop(name)
    return described


def _make_learner(config: VideoCheckpointConfig) -> VideoLearner:
    """Build a learner whose initial weights depend only on the seed."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(config.train.seed)
        return VideoLearner(VideoJepa(config.encoder, config.video), config.train)
