"""Play in an environment: which one it was, and its images as transitions to learn from."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from jaxtyping import Float, UInt8

from foresight.data.episodes import Episode
from foresight.data.transitions import Transitions, build_transitions
from foresight.errors import ConfigError, DatasetError
from foresight.macro_action import ActionConfig
from foresight.protocols import CameraView
from foresight.reading import parse_json
from foresight.settings import Checked, changed, setting
from foresight.world_model.checkpoint import CheckpointConfig
from foresight.world_model.encoder import EncoderConfig

MOST = 500  # Images whose median is the usual one.
Picture = UInt8[np.ndarray, 'row col 3']


@dataclass(frozen=True)
class EnvironmentConfig(Checked):
    """Environment: which one, and how its steps and images are used."""

    env: str = setting(
        '', 'Gymnasium environment, as gym_pusht/PushT-v0 or module:Name-v0; empty = a table'
    )
    env_options: str = setting('', 'arguments that the environment is made with, as JSON')
    repeat: int = setting(1, 'steps of the environment in one action', '', 1, 1000)
    image_rows: int = setting(64, 'rows that its images are resized to', 'px', 16, 512)
    image_columns: int = setting(64, 'columns that its images are resized to', 'px', 16, 512)
    places: bool = setting(
        False, 'its actions are places in the image, column and row: some aim at what is there'
    )

    @property
    def arguments(self) -> dict[str, Any]:
        """What the environment is made with.

        Raises:
            ConfigError: If it is no JSON object.
        """
        return json_object(self.env_options, '--env-options')


def json_object(text: str, option: str) -> dict[str, Any]:
    """Read a JSON object; empty where there is no text.

    Raises:
        ConfigError: If it is anything else.
    """
    try:
        found = parse_json(text or '{}')
    except ValueError as error:
        raise ConfigError(f'{option} {text!r} is no JSON ({error})') from error
    if not isinstance(found, dict):
        raise ConfigError(f'{option} {text!r}: give a JSON object, as \'{{"name": 1}}\'')
    return found


def resize(image: UInt8[np.ndarray, 'h w 3'], rows: int, columns: int) -> Picture:
    """Return an image of a size; every pixel of a smaller one is the mean of what it covers."""
    return np.asarray(cv2.resize(image, (columns, rows), interpolation=cv2.INTER_AREA), np.uint8)


def usual_image(stills: UInt8[np.ndarray, 'still row col 3']) -> Picture:
    """Return what each pixel shows most of the time: the median over images."""
    rows = np.unique(np.linspace(0, len(stills) - 1, MOST).astype(int))
    return np.asarray(np.median(stills[rows], axis=0), np.uint8)


def environment_transitions(folder: Path, encoder: EncoderConfig) -> Transitions:
    """Return play in an environment; its usual image stands for the empty table.

    Raises:
        DatasetError: If there are no episodes, or their images are of another size.
    """
    def sized(image: Picture, view: CameraView) -> Picture:
        if image.shape[:2] != (encoder.rows, encoder.columns):
            raise DatasetError(
                f'{folder} has images of {image.shape[0]}x{image.shape[1]} pixels, the encoder '
                f'takes {encoder.rows}x{encoder.columns}: leave out --rows and --columns'
            )
        return image

    def nowhere(points: Float[np.ndarray, 'n 3'], view: CameraView) -> Float[np.ndarray, 'n 2']:
        return points[:, :2]

    def no_table(episode: Episode) -> Float[np.ndarray, '2 height width']:
        return np.zeros((2, *encoder.grid), np.float32)

    built = build_transitions(
        folder, sized, nowhere, no_table, most_objects=0, see=lambda image, empty: image,
    )
    usual = usual_image(built.stills)
    return replace(built, backgrounds=np.broadcast_to(usual, built.backgrounds.shape))


def described(known: dict[str, Any], config: CheckpointConfig) -> CheckpointConfig:
    """Return a configuration for play in the environment that a manifest tells of.

    The encoder takes images as they were collected, unless it was told another size.
    """
    environment = changed(EnvironmentConfig(), known['environment'], 'environment')
    usual, encoder = EncoderConfig(), config.encoder
    if (encoder.rows, encoder.columns) == (usual.rows, usual.columns):
        size = environment.image_rows, environment.image_columns
        encoder = replace(encoder, rows=size[0], columns=size[1])
    return replace(
        config, encoder=encoder, environment=known['environment'],
        action=changed(ActionConfig(), known['action'], 'action'),
    )
