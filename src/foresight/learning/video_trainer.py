"""Trainer of the video predictor."""

from dataclasses import asdict, replace
from pathlib import Path

import torch
from rich.console import Console
from torch import Generator

from foresight.data.clips import Clips
from foresight.files import sha256
from foresight.learning.batches.clutter import Clutter
from foresight.learning.batches.video import ClipSampler
from foresight.learning.learners.video import VideoLearner
from foresight.learning.learners.world_model import Losses
from foresight.learning.loop import PATIENCE, Loop
from foresight.learning.probes.collapse import HealthLimits
from foresight.learning.probes.video import probe_video
from foresight.learning.probes.video_scores import VideoScores
from foresight.learning.resume import identity
from foresight.learning.settings import VideoTrainConfig
from foresight.learning.warm_start import start_video_from
from foresight.world_model import checkpoint
from foresight.world_model.checkpoint import VideoCheckpointConfig
from foresight.world_model.predictors.video import VideoJepa

HELD_OUT = 20  # One clip in so many is kept for the probe.


class VideoTrainer(Loop[VideoLearner, VideoScores]):
    """Trains the video predictor on clips."""

    # Boards and blocks rest all through a clip: much of a latent rightly does, too.
    limits = HealthLimits(episode_share_high=0.99, temporal_change_low=0.001)

    def __init__(
        self, clips: Clips, out: Path, config: VideoCheckpointConfig, train: VideoTrainConfig,
        console: Console | None = None,
    ) -> None:
        """Prepare a run, or the rest of one.

        Args:
            clips: All clips; some are held out.
            out: Folder of the checkpoint and the resume state.
            config: Every setting of the networks; what is known of training is filled in.
            train: How to train.
            console: Where progress is shown; standard error without one.

        Raises:
            CheckpointError: If `out` holds a run with other settings or data, or the checkpoint
                to start from does not fit.
            DatasetError: If there are too few or too short clips.
        """
        self._config = replace(config, train=asdict(train), dataset=digest(clips))
        learner = _make_learner(config, train)
        kept, self._held_out = split_clips(clips)
        self._sampler = ClipSampler(
            kept, learner.model.scene_map, config.encoder.stride,
            (train.crop_rows, train.crop_columns), train.frames,
            Clutter(train.boards, train.planks, train.watched), train.seed,
        )
        super().__init__(
            learner, train, train.steps, train.save_every, out, console or Console(stderr=True),
            identity(self._config),
        )

    def _losses(self, generator: Generator) -> Losses:
        """Compute the loss of the next stretches."""
        batch = self._sampler(self.step, self._settings.batch)
        frames = self.learner.model.prepare(
            batch.frames.to(self._device), batch.backgrounds.to(self._device),
        )
        losses: Losses = self.learner.losses(frames, batch.scene.to(self._device), generator)
        return losses

    def _probe(self) -> VideoScores:
        """Score on held-out clips."""
        return probe_video(self.learner.model, self._held_out)

    def _sound_alarm(self, scores: VideoScores) -> None:
        """Let the few steps of a short run pass."""
        if self.step >= PATIENCE:
            super()._sound_alarm(scores)

    def _save(self, scores: VideoScores) -> None:
        """Write the checkpoint."""
        known = replace(self._config, scores=scores.known())
        checkpoint.save(self._out, {'video': self.learner.model}, known)


def split_clips(clips: Clips) -> tuple[Clips, Clips]:
    """Keep some clips apart, evenly spread: (for training, held out)."""
    held = torch.arange(len(clips)).numpy() % HELD_OUT == 0
    return tuple(  # type: ignore[return-value]
        Clips(clips.frames[rows], clips.backgrounds[rows]) for rows in (~held, held)
    )


def digest(clips: Clips) -> str:
    """Return a hash of the clips."""
    return sha256(clips.backgrounds.tobytes(), clips.frames[:, ::5].tobytes())


def _make_learner(config: VideoCheckpointConfig, train: VideoTrainConfig) -> VideoLearner:
    """Build a learner whose initial weights depend only on the seed."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(train.seed)
        learner = VideoLearner(VideoJepa(config.encoder, config.video), train)
    if train.pretrained:
        start_video_from(Path(train.pretrained), learner)
    return learner
