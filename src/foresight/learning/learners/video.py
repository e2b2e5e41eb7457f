"""Learner of the video predictor: it learns from clips without actions."""

from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import torch
from torch import Generator

from foresight.data.clips import Clips
from foresight.files import sha256
from foresight.learning.batches.clutter import Clutter
from foresight.learning.batches.video import ClipSampler
from foresight.learning.learner import Learner, Losses
from foresight.learning.networks.video import VideoNetworks
from foresight.learning.probes.collapse import HealthLimits
from foresight.learning.probes.video import VideoScores, probe_video
from foresight.learning.settings import VideoTrainConfig
from foresight.learning.warm_start import start_video_from
from foresight.world_model import checkpoint
from foresight.world_model.checkpoint import VideoCheckpointConfig
from foresight.world_model.predictors.video import VideoJepa

HELD_OUT = 20  # One clip in so many is kept for the probe.


class VideoLearner(Learner[VideoScores]):
    """Learns to predict video."""

    networks: VideoNetworks
    settings: VideoTrainConfig
    config: VideoCheckpointConfig
    # Boards and blocks rest all through a clip: much of a latent rightly does, too.
    limits = HealthLimits(episode_share_high=0.99, temporal_change_low=0.001)

    def __init__(self, clips: Clips, config: VideoCheckpointConfig,
                 train: VideoTrainConfig) -> None:
        """Prepare, and hold out some of the clips.

        Raises:
            CheckpointError: If the checkpoint to start from does not fit.
            DatasetError: If there are too few or too short clips.
        """
        self.settings, self.steps, self.probe_every = train, train.steps, train.save_every
        self.config = replace(config, train=asdict(train), dataset=digest(clips))
        self.networks = _make_networks(config, train)
        kept, self._held_out = split_clips(clips)
        self._sampler = ClipSampler(
            kept, self.networks.model.scene_map, config.encoder.stride,
            (train.crop_rows, train.crop_columns), train.frames,
            Clutter(train.boards, train.planks, train.watched), train.seed,
        )

    def losses(self, step: int, generator: Generator) -> Losses:
        """Compute the loss of the stretches of a step."""
        batch, model = self._sampler(step, self.settings.batch), self.networks.model
        device = model.scene_map.device
        frames = model.prepare(batch.frames.to(device), batch.backgrounds.to(device))
        return self.networks.losses(frames, batch.scene.to(device), generator)

    def probe(self) -> VideoScores:
        """Score on held-out clips."""
        return probe_video(self.networks.model, self._held_out)

    def save(self, folder: Path, scores: VideoScores) -> None:
        """Write the checkpoint."""
        known = replace(self.config, scores=scores.known())
        checkpoint.save(folder, {'video': self.networks.model}, known)


def split_clips(clips: Clips) -> tuple[Clips, Clips]:
    """Keep some clips apart, evenly spread: (for training, held out)."""
    held = np.arange(len(clips)) % HELD_OUT == 0
    kept, apart = (Clips(clips.frames[rows], clips.backgrounds[rows]) for rows in (~held, held))
    return kept, apart


def digest(clips: Clips) -> str:
    """Return a hash of the clips."""
    return sha256(clips.backgrounds.tobytes(), clips.frames[:, ::5].tobytes())


def _make_networks(config: VideoCheckpointConfig, train: VideoTrainConfig) -> VideoNetworks:
    """Build networks whose initial weights depend only on the seed."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(train.seed)
        networks = VideoNetworks(VideoJepa(config.encoder, config.video), train)
    if train.pretrained:
        start_video_from(Path(train.pretrained), networks)
    return networks
