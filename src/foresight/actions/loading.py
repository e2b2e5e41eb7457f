"""Loads checkpoints with the macro-action that their world model foresees."""

from dataclasses import fields
from pathlib import Path

from foresight.actions.kinds import make
from foresight.errors import CheckpointError
from foresight.macro_action import MacroAction
from foresight.settings import SceneConfig
from foresight.world_model import checkpoint
from foresight.world_model.checkpoint import Checkpoint, CheckpointConfig
from foresight.world_model.jepa import Jepa


def load(folder: Path | str, device: str = 'auto') -> Checkpoint:
    """Load a checkpoint.

    Args:
        folder: Folder of the checkpoint.
        device: auto, cpu or cuda.

    Raises:
        CheckpointError: If a file is missing, damaged, or of another configuration.
        ConfigError: If its macro-action is unknown here.
    """
    return checkpoint.load(folder, device, make)


def action_of(config: CheckpointConfig) -> MacroAction:
    """Make the macro-action of a configuration.

    Raises:
        ConfigError: If it is unknown here.
    """
    return make(config.action, config.scene)


def make_model(config: CheckpointConfig) -> Jepa:
    """Build an untrained world model, of random weights."""
    raster = action_of(config).raster(config.encoder.grid)
    return Jepa(config.encoder, config.predictor, raster)


def check_scene(loaded: Checkpoint, scene: SceneConfig) -> None:
    """Refuse a checkpoint that was trained on another table.

    Raises:
        CheckpointError: If a number of the scene differs.
    """
    for item in fields(scene):
        here, there = getattr(scene, item.name), getattr(loaded.config.scene, item.name)
        if here != there:
            raise CheckpointError(
                f'{loaded.folder} was trained with SceneConfig.{item.name} = {there}, not '
                f'{here}: use that value, or collect and train for this scene'
            )
