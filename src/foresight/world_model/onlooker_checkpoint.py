"""Checkpoints of what has watched, laid out as those of the world model."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from foresight.settings import SceneConfig, WatchConfig
from foresight.world_model import checkpoint
from foresight.world_model.description import parse
from foresight.world_model.encoder import EncoderConfig
from foresight.world_model.onlooker import Onlooker


@dataclass(frozen=True)
class OnlookerCheckpointConfig:
    """What a checkpoint of an onlooker knows about itself.

    Attributes:
        encoder: Shape of images and latents.
        scene: Table, bin and rectified view.
        watch: How it watched.
        dataset: Hash of the video.
        hours: Video that it watched [h].
        scores: Held-out scores by name.
        format: Version of the layout.
    """

    encoder: EncoderConfig = field(default_factory=EncoderConfig)
    scene: SceneConfig = field(default_factory=SceneConfig)
    watch: WatchConfig = field(default_factory=WatchConfig)
    dataset: str = ''
    hours: float = 0.0
    scores: dict[str, float] = field(default_factory=dict)
    format: int = checkpoint.FORMAT


def save_onlooker(folder: Path, model: Onlooker, config: OnlookerCheckpointConfig) -> None:
    """Write a checkpoint."""
    checkpoint.save(folder, {'onlooker': model}, config)


def has_watched(folder: Path) -> bool:
    """Tell whether a checkpoint is one of an onlooker.

    Raises:
        CheckpointError: If it cannot be read.
    """
    return 'watch' in checkpoint.read_json(folder / checkpoint.CONFIG)


def load_onlooker(folder: Path) -> tuple[Onlooker, OnlookerCheckpointConfig]:
    """Load a checkpoint that `save_onlooker` wrote.

    Raises:
        CheckpointError: If a file is missing, damaged, or of another configuration.
    """
    described = checkpoint.read_json(folder / checkpoint.CONFIG)
    config = _config(described, folder)
    tensors = checkpoint.read_tensors(
        folder / checkpoint.TENSORS, str(described.get('tensors'))
    )
    model = Onlooker(config.encoder, config.watch, config.scene)
    checkpoint.fill_module('onlooker', model, tensors, folder)
    return model.eval().requires_grad_(False), config


def _config(described: dict[str, Any], folder: Path) -> OnlookerCheckpointConfig:
    parts = {'encoder': EncoderConfig, 'scene': SceneConfig, 'watch': WatchConfig}
    return parse(
        OnlookerCheckpointConfig, parts, described,
        f'{folder} holds nothing that `foresight watch` of this version wrote',
        'run `foresight watch` again',
    )
