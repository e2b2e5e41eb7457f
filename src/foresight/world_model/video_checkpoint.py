"""Checkpoints of the video predictor, laid out as those of the world model."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from foresight.settings import VideoTrainConfig
from foresight.world_model import checkpoint
from foresight.world_model.description import parse
from foresight.world_model.encoder import EncoderConfig
from foresight.world_model.precision import pick_device
from foresight.world_model.predictors.video import VIDEO_ENCODER, VideoConfig, VideoJepa


@dataclass(frozen=True)
class VideoCheckpointConfig:
    """What a checkpoint of the video predictor knows about itself.

    Attributes:
        encoder: Shape of images and latents.
        video: Size and reach of the predictor, and the view that it expects.
        train: How it was trained.
        dataset: Hash of the training clips.
        scores: Held-out scores by name.
        format: Version of the layout.
    """

    encoder: EncoderConfig = VIDEO_ENCODER
    video: VideoConfig = field(default_factory=VideoConfig)
    train: VideoTrainConfig = field(default_factory=VideoTrainConfig)
    dataset: str = ''
    scores: dict[str, float] = field(default_factory=dict)
    format: int = checkpoint.FORMAT


def save_video(folder: Path, model: VideoJepa, config: VideoCheckpointConfig) -> None:
    """Write a checkpoint."""
    checkpoint.save(folder, {'video': model}, config)


def load_video(folder: Path, device: str = 'auto') -> tuple[VideoJepa, VideoCheckpointConfig]:
    """Load a checkpoint that `save_video` wrote.

    Raises:
        CheckpointError: If a file is missing, damaged, or of another configuration.
    """
    described = checkpoint.read_json(folder / checkpoint.CONFIG)
    config = _config(described, folder)
    tensors = checkpoint.read_tensors(
        folder / checkpoint.TENSORS, str(described.get('tensors'))
    )
    model = VideoJepa(config.encoder, config.video)
    checkpoint.fill_module('video', model, tensors, folder)
    model.bf16 = config.train.bf16
    return model.to(pick_device(device)).eval().requires_grad_(False), config


def _config(described: dict[str, Any], folder: Path) -> VideoCheckpointConfig:
    parts = {'encoder': EncoderConfig, 'video': VideoConfig, 'train': VideoTrainConfig}
    return parse(
        VideoCheckpointConfig, parts, described,
        f'{folder} holds no video predictor of this version',
        'give --checkpoint a folder that `foresight train-video` wrote',
    )
