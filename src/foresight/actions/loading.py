"""Loads checkpoints with the macro-action that their world model foresees."""

from pathlib import Path

from foresight.actions.kinds import foreseen
from foresight.macro_action import ForeseenAction
from foresight.settings import SceneConfig
from foresight.world_model import checkpoint
from foresight.world_model.checkpoint import Checkpoint, CheckpointConfig
from foresight.world_model.jepa import Jepa


def load(
    folder: Path | str, device: str = 'auto', scene: SceneConfig | None = None,
) -> Checkpoint:
    """Load a checkpoint.

    Args:
        folder: Folder of the checkpoint.
        device: auto, cpu or cuda.
        scene: Table and bins to work at; None for those that it comes with.

    Raises:
        CheckpointError: If a file is missing, damaged, or of another configuration or view.
        ConfigError: If its macro-action is unknown here.
    """
    return checkpoint.load(folder, device, foreseen, scene)


def action_of(config: CheckpointConfig) -> ForeseenAction:
    """Make the action of a configuration.

    Raises:
        ConfigError: If it is unknown here.
    """
    return foreseen(config.action, config.scene)


def make_model(config: CheckpointConfig) -> Jepa:
    """Build an untrained world model, of random weights."""
    raster = action_of(config).raster(config.encoder.grid)
    return Jepa(config.encoder, config.predictor, raster)
