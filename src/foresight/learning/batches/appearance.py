"""Appearance alarm: notices play on a single table, which teaches nothing about others."""

import numpy as np
from jaxtyping import UInt8

from foresight.data.transitions import Transitions
from foresight.errors import DatasetError
from foresight.learning.settings import TrainConfig
from foresight.world_model.encoder import EncoderConfig

ONE_TABLE = 5.0
"""Deviation between empty tables below which they are one [grey levels]."""
MOST = 200  # Empty tables that are compared.


def appearance_spread(backgrounds: UInt8[np.ndarray, 'episode row col 3']) -> float:
    """Return the standard deviation between empty tables [grey levels]; 0 for a single one."""
    rows = np.unique(np.linspace(0, len(backgrounds) - 1, MOST).astype(int))
    return float(np.asarray(backgrounds[rows]).astype(np.float32).std(axis=0).mean())


def one_table(transitions: Transitions, encoder: EncoderConfig, train: TrainConfig) -> str:
    """Return a warning if all episodes show one table; empty if they do not.

    Raises:
        DatasetError: If the encoder sees the image itself and its colours are never changed: it
            would learn this table by heart.
    """
    spread = appearance_spread(transitions.backgrounds)
    if spread >= ONE_TABLE:
        return ''
    said = (
        f'all episodes show one table (their empty tables differ by {spread:.1f} of 255 grey '
        f'levels, < {ONE_TABLE:.0f})'
    )
    if encoder.use_image and train.jitter == 0.0 and train.invert == 0.0:
        raise DatasetError(
            f'{said}, and use_image shows it to the encoder in the same colours every time: set '
            'jitter and invert above 0, leave use_image out, or collect on other tables'
        )
    return f'{said}: the world model may know this table alone; collect on others for more'
