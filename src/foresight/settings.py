"""How settings are declared, and those that several components share."""

import math
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from foresight.errors import ConfigError

SHIPPED = Path('models/clear_table')
"""Checkpoint of the world model that ships, inside this package."""
CLEAR_TABLE = 'clear_table'
"""The usual task."""
CLEAR_TABLE_BOTH = 'clear_table_both'
"""The same two pushes ahead, by goal image and cost head."""


def setting(
    default: Any,
    description: str,
    unit: str = '',
    low: int | float | None = None,
    high: int | float | None = None,
    choices: tuple[str, ...] = (),
) -> Any:
    """Declare one dataclass field with what a user must know about it."""
    metadata = {
        'description': description,
        'unit': unit,
        'low': low,
        'high': high,
        'choices': choices,
    }
    return field(default=default, metadata=metadata)


def check_bounds(config: Any) -> None:
    """Raise ConfigError if a field of `config` is outside its declared bounds."""
    for item in fields(config):
        value, meta = getattr(config, item.name), item.metadata
        where = f'{type(config).__name__}.{item.name} = {value!r}'
        if meta.get('choices') and value not in meta['choices']:
            raise ConfigError(f'{where}: choose one of {", ".join(meta["choices"])}')
        for entry in value if isinstance(value, tuple) else (value,):
            if isinstance(entry, bool) or not isinstance(entry, (int, float)):
                continue
            if not math.isfinite(entry):
                raise ConfigError(f'{where}: must be finite')
            if meta.get('low') is not None and entry < meta['low']:
                raise ConfigError(f'{where}: must be >= {meta["low"]} {meta["unit"]}'.rstrip())
            if meta.get('high') is not None and entry > meta['high']:
                raise ConfigError(f'{where}: must be <= {meta["high"]} {meta["unit"]}'.rstrip())


class Checked:
    """Base of the configurations: bounds are checked when one is made."""

    def __post_init__(self) -> None:
        """Check every field against its bounds."""
        check_bounds(self)


@dataclass(frozen=True)
class SceneConfig(Checked):
    """Table, bin and floor in `base_link`; the table top is the plane z = 0."""

    table_near: float = setting(
        0.30, 'distance of the near table edge from joint 1', 'm', 0.2, 0.5
    )
    table_depth: float = setting(0.35, 'table size along x', 'm', 0.2, 0.6)
    table_width: float = setting(0.60, 'table size along y, centred on y = 0', 'm', 0.3, 1.0)
    table_height: float = setting(0.10, 'table top above the floor', 'm', 0.05, 0.10)
    bin_depth: float = setting(
        0.20, 'bin size along y, at the +y side of the table', 'm', 0.1, 0.3
    )
    bin_wall: float = setting(
        0.03, 'top of the three outer bin walls above the table top', 'm', 0.0, 0.1
    )
    bin_wall_start: float = setting(
        0.12,
        'the two end walls rise only this far from the table, out of the way of the paddle',
        'm',
        0.0,
        0.3,
    )
    spawn_margin: float = setting(
        0.04, 'objects spawn at least this far from the edges', 'm', 0.0, 0.1
    )
    view_x: tuple[float, float] = setting((0.10, 0.90), 'rectified view along x', 'm')
    view_y: tuple[float, float] = setting((-0.50, 0.70), 'rectified view along y', 'm')

    @property
    def table_x(self) -> tuple[float, float]:
        """Near and far table edge [m]."""
        return self.table_near, self.table_near + self.table_depth

    @property
    def table_y(self) -> tuple[float, float]:
        """Right and left table edge [m]."""
        return -self.table_width / 2, self.table_width / 2

    @property
    def bin_y(self) -> tuple[float, float]:
        """Inner and outer bin edge along y [m]; along x the bin is as long as the table."""
        return self.table_width / 2, self.table_width / 2 + self.bin_depth


@dataclass(frozen=True)
class PushConfig(Checked):
    """Macro-action `push`: bounds and timing."""

    length_low: float = setting(0.06, 'shortest push', 'm', 0.02, 0.5)
    length_high: float = setting(0.36, 'longest push', 'm', 0.05, 0.6)
    start_margin: float = setting(
        0.05, 'a push may start this far outside the table', 'm', 0.0, 0.1
    )
    end_margin: float = setting(0.03, 'a push may end this far outside the table', 'm', 0.0, 0.1)
    tool_height: float = setting(
        0.006, 'tool tip above the table while sweeping', 'm', 0.002, 0.05
    )
    clearance: float = setting(0.12, 'tool tip above the table while approaching', 'm', 0.08, 0.3)
    sweep_speed: float = setting(0.30, 'tool speed while sweeping', 'm/s', 0.05, 0.5)
    travel_scale: float = setting(
        0.95,
        'share of the joint level limits used while approaching and retracting',
        '',
        0.05,
        0.98,
    )
    vertical_speed: float = setting(0.5, 'tool speed while lowering and lifting', 'm/s', 0.05, 1.0)
    acceleration: float = setting(4.0, 'tool acceleration', 'm/s^2', 0.5, 10.0)
    overlap: float = setting(
        0.3, 'share of lowering and lifting done while travelling', '', 0.0, 0.5
    )


@dataclass(frozen=True)
class TrainConfig(Checked):
    """Training of the world model and of the cost head."""

    epochs: int = setting(30, 'passes over the pushes', '', 1, 1000)
    steps: int = setting(0, 'optimiser steps of the whole run; 0 = as `epochs` says', '', 0)
    pushes: int = setting(
        0, 'pushes to learn from: the first whole episodes that hold so many; 0 = all', '', 0
    )
    batch: int = setting(128, 'pushes in one step', '', 8, 4096)
    learning_rate: float = setting(1e-3, 'peak AdamW learning rate', '', 1e-6, 1.0)
    weight_decay: float = setting(1e-2, 'AdamW weight decay', '', 0.0, 1.0)
    objective: str = setting(
        'jepa',
        'what the world model learns from: its own latents, reconstruction, labels; '
        'head = only the cost head learns',
        choices=('jepa', 'autoencoder', 'supervised', 'head'),
    )
    pretrained: str = setting('', 'checkpoint whose world model is the start; empty = none')
    frozen: bool = setting(
        False, 'keep the encoder of the pretrained checkpoint and go on with its cost head'
    )
    regularizer: str = setting(
        'vicreg', 'anti-collapse term of the objective jepa',
        choices=('vicreg', 'ema', 'infonce', 'barlow', 'sigreg', 'none'),
    )
    regularizer_weight: float = setting(
        1.0, 'weight of the anti-collapse term; vicreg has two of its own', '', 0.0, 100.0
    )
    ema_decay: float = setting(0.99, 'momentum of the target encoder', '', 0.0, 0.9999)
    rollout: int = setting(
        1, 'pushes of an episode that are imagined one after another in the loss', '', 1, 4
    )
    prediction_weight: float = setting(1.0, 'weight of latent prediction', '', 0.0, 100.0)
    variance_weight: float = setting(1.0, 'weight of the variance term', '', 0.0, 100.0)
    covariance_weight: float = setting(0.05, 'weight of the covariance term', '', 0.0, 100.0)
    inverse_weight: float = setting(2.0, 'weight of inverse dynamics', '', 0.0, 100.0)
    cost_weight: float = setting(1.0, 'weight of the cost head', '', 0.0, 100.0)
    label_gradient: bool = setting(False, 'let the gradient of the cost head reach the encoder')
    labels: int = setting(
        0, 'labelled images that the cost head may see, chosen by the seed; 0 = all', '', 0
    )
    latent_share: float = setting(
        0.5, 'share of the pushes predicted with the latent variable', '', 0.0, 1.0
    )
    latent_weight: float = setting(
        0.02, 'weight of what the latent variable is told of the outcome', '1/nat', 0.0, 100.0
    )
    latent_free: float = setting(
        2.0, 'what it may be told of one push free of charge, on average', 'nat', 0.0, 100.0
    )
    change_threshold: float = setting(
        0.02, 'mean image difference of a cell that changed', '', 0.0, 1.0
    )
    jitter: float = setting(
        0.3, 'random gain on the colours, the same before and after', '', 0.0, 0.9
    )
    noise: float = setting(0.01, 'random noise on each pixel', '', 0.0, 0.5)
    invert: float = setting(
        0.5,
        'share of colour channels that become their negative; colours then also change places',
        '',
        0.0,
        1.0,
    )
    mirror: float = setting(0.5, 'share of the pushes reflected near to far', '', 0.0, 1.0)
    warmup: float = setting(
        0.03, 'share of the steps in which the learning rate rises', '', 0.0, 0.5
    )
    clip: float = setting(1.0, 'largest norm of the gradient', '', 0.01, 1000.0)
    holdout: float = setting(0.05, 'share of the episodes kept for the probe', '', 0.0, 0.5)
    save_every: int = setting(200, 'steps between saved states', '', 1)
    expander: int = setting(128, 'output features of the expander', '', 16, 4096)
    seed: int = setting(0, 'seed of initialisation and batches', '', 0)
    threads: int = setting(2, 'torch threads', '', 1, 64)
    bf16: bool = setting(True, 'autocast to bfloat16')
    device: str = setting('auto', 'auto, cpu or cuda', choices=('auto', 'cpu', 'cuda'))

    def __post_init__(self) -> None:
        """Check bounds, and that a cost head alone has latents to learn on."""
        super().__post_init__()
        if self.objective == 'head' and not self.pretrained:
            raise ConfigError('TrainConfig.objective = head: give `pretrained` a checkpoint')


@dataclass(frozen=True)
class CriticConfig(Checked):
    """Critic: how the expected remaining cost is learned on a frozen world model."""

    width: int = setting(32, 'channels inside', '', 4, 256)
    sweeps: int = setting(6, 'pushes that the value looks ahead, one a sweep', '', 1, 50)
    states: int = setting(3000, 'latents that are planned from in a sweep', '', 16)
    imagined: float = setting(
        0.5, 'share of them that plans of the last sweep lead to; the others are real',
        '', 0.0, 1.0,
    )
    samples: int = setting(48, 'candidates an iteration of the planner', '', 8, 8192)
    iterations: int = setting(2, 'refinements of the planner', '', 1, 50)
    robust_top: int = setting(4, 'best candidates re-scored under action jitter', '', 0, 256)
    robust_samples: int = setting(4, 'jittered copies of each', '', 1, 64)
    epochs: int = setting(30, 'passes over the latents of a sweep', '', 1, 1000)
    batch: int = setting(128, 'latents in one step', '', 8, 4096)
    learning_rate: float = setting(2e-3, 'peak AdamW learning rate', '', 1e-6, 1.0)
    holdout: float = setting(0.1, 'share of the latents kept for the score', '', 0.0, 0.5)
    seed: int = setting(0, 'seed of latents, plans and weights', '', 0)
    threads: int = setting(2, 'torch threads', '', 1, 64)


@dataclass(frozen=True)
class VideoTrainConfig(Checked):
    """Training of the video predictor on clips without actions."""

    steps: int = setting(10_000, 'optimiser steps', '', 1)
    pretrained: str = setting('', 'checkpoint of a video predictor to start from; empty = none')
    batch: int = setting(8, 'clips in one step', '', 2, 1024)
    frames: int = setting(20, 'frames of each clip in one step', '', 2, 1024)
    watched: int = setting(4, 'frames it watches before its first prediction counts', '', 1, 64)
    crop_rows: int = setting(32, 'rows cut out around what moves', 'px', 16, 512)
    crop_columns: int = setting(48, 'columns cut out around what moves', 'px', 16, 512)
    blinks: float = setting(
        0.5, 'share of clips with a patch that it does not get to see for 2 to 6 frames', '',
        0.0, 1.0
    )
    boards: float = setting(
        0.35, 'share of clips with a board painted over what moves', '', 0.0, 0.5
    )
    planks: float = setting(
        0.35, 'share of clips with a plank painted under what moves', '', 0.0, 0.5
    )
    learning_rate: float = setting(2e-3, 'peak AdamW learning rate', '', 1e-6, 1.0)
    weight_decay: float = setting(1e-2, 'AdamW weight decay', '', 0.0, 1.0)
    ema_decay: float = setting(0.99, 'momentum of the target encoder', '', 0.0, 0.9999)
    worst_weight: float = setting(
        0.5, 'weight of the error of the worst cells of each frame', '', 0.0, 100.0
    )
    blindness_weight: float = setting(
        2.0, 'weight of latents that stay alike where something moves', '', 0.0, 100.0
    )
    variance_weight: float = setting(1.0, 'weight of the variance term', '', 0.0, 100.0)
    covariance_weight: float = setting(0.05, 'weight of the covariance term', '', 0.0, 100.0)
    expander: int = setting(128, 'output features of the expander', '', 16, 4096)
    change_threshold: float = setting(
        0.02, 'mean image difference of a cell that changed', '', 0.0, 1.0
    )
    jitter: float = setting(0.3, 'random gain on the colours of a clip', '', 0.0, 0.9)
    invert: float = setting(0.5, 'share of colours that become their negative', '', 0.0, 1.0)
    warmup: float = setting(
        0.03, 'share of the steps in which the learning rate rises', '', 0.0, 0.5
    )
    clip: float = setting(1.0, 'largest norm of the gradient', '', 0.01, 1000.0)
    save_every: int = setting(200, 'steps between saved states and probes', '', 1)
    seed: int = setting(0, 'seed of initialisation and batches', '', 0)
    threads: int = setting(2, 'torch threads', '', 1, 64)
    bf16: bool = setting(True, 'autocast to bfloat16')
    device: str = setting('auto', 'auto, cpu or cuda', choices=('auto', 'cpu', 'cuda'))
