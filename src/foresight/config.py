"""Every default, unit and bound of the package, one frozen dataclass a component."""

import math
from dataclasses import dataclass, field, fields, replace
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
class JointLevelConfig(Checked):
    """Joint level: the QP that turns tool poses into joint commands."""

    rate: float = setting(100.0, 'command rate', 'Hz', 20.0, 1000.0)
    position_margin: float = setting(0.05, 'distance kept from joint limits', 'rad', 0.0, 0.5)
    velocity_scale: float = setting(0.9, 'share of the URDF joint velocity limits', '', 0.05, 1.0)
    acceleration_limit: float = setting(12.0, 'joint acceleration limit', 'rad/s^2', 1.0, 20.0)
    table_margin: float = setting(0.002, 'lowest tool tip height above the table', 'm', 0.0, 0.05)
    position_tolerance: float = setting(0.01, 'tool error that fails a motion', 'm', 0.001, 0.05)
    angle_tolerance: float = setting(
        0.10, 'tool orientation error that fails a motion', 'rad', 0.01, 0.5
    )


@dataclass(frozen=True)
class CameraConfig(Checked):
    """The simulated camera; a real one reports its own CameraInfo and pose."""

    width: int = setting(128, 'image width', 'px', 32, 1280)
    height: int = setting(96, 'image height', 'px', 32, 960)
    vertical_fov: float = setting(0.785, 'vertical field of view', 'rad', 0.3, 2.0)
    position: tuple[float, float, float] = setting(
        (0.50, 0.10, 1.25), 'mean camera position in base_link', 'm'
    )
    tilt: tuple[float, float, float] = setting(
        (0.0, 0.0, 0.0), 'mean rotation about the x, y and z axis of a camera that looks straight '
        'down', 'rad', -1.0, 1.0,
    )
    position_jitter: float = setting(
        0.02, 'random offset of the position on each axis', 'm', 0.0, 0.1
    )
    angle_jitter: float = setting(0.02, 'random rotation about each axis', 'rad', 0.0, 0.1)
    rate: float = setting(10.0, 'image rate', 'Hz', 1.0, 60.0)


@dataclass(frozen=True)
class SimConfig(Checked):
    """Simulation: physics, objects and randomisation."""

    physics_rate: float = setting(400.0, 'physics steps', 'Hz', 100.0, 2000.0)
    command_rate: float = setting(100.0, 'joint commands and /clock', 'Hz', 10.0, 1000.0)
    real_time_factor: float = setting(
        1.0, 'simulated over wall-clock time; 0 = as fast as possible', '', 0.0, 100.0
    )
    objects: int = setting(3, 'objects on the table', '', 0, 10)
    object_set: str = setting(
        'seen', 'which objects are spawned', choices=('seen', 'unseen', 'primitives', 'empty')
    )
    extra_objects: int = setting(
        0, 'up to this many objects more, drawn anew for each episode', '', 0, 10
    )
    layout: str = setting(
        'anywhere', 'where objects are spawned; hard = beside open edges, behind one another, in '
        'far corners', choices=('anywhere', 'hard'),
    )
    mesh_share: float = setting(0.5, 'share of mesh objects among seen objects', '', 0.0, 1.0)
    size_low: float = setting(0.03, 'smallest object extent', 'm', 0.01, 0.2)
    size_high: float = setting(0.07, 'largest object extent', 'm', 0.01, 0.2)
    friction: tuple[float, float] = setting(
        (0.3, 0.7), 'range of the friction of an object on the table', '', 0.0, 2.0
    )
    mass: tuple[float, float] = setting(
        (0.05, 0.20), 'range of the mass of an object', 'kg', 0.001, 2.0
    )
    color_distance: float = setting(
        0.35, 'least RGB distance of an object to table, bin and floor', '', 0.0, 1.0
    )
    saturation: tuple[float, float] = setting(
        (0.0, 0.4), 'range of the colour saturation of table, bin and floor', '', 0.0, 1.0
    )
    seed: int = setting(0, 'seed of scene and physics randomisation', '', 0)
    settle_time: float = setting(0.5, 'rest that decides cleared and dropped', 's', 0.1, 5.0)
    max_pushes: int = setting(
        10, 'pushes before an episode of up to three objects is truncated', '', 1, 100
    )
    pushes_an_object: int = setting(
        4, 'pushes more for each object beyond three', '', 0, 100
    )

    def __post_init__(self) -> None:
        """Check bounds, the order of ranges and that a command takes whole physics steps."""
        super().__post_init__()
        sizes = self.size_low, self.size_high
        for low, high in (sizes, self.friction, self.mass, self.saturation):
            if low > high:
                raise ConfigError(f'SimConfig: the range {low} to {high} is upside down')
        if self.physics_rate % self.command_rate:
            raise ConfigError(
                f'SimConfig.physics_rate = {self.physics_rate}: must be a multiple of command_rate'
            )


@dataclass(frozen=True)
class EncoderConfig(Checked):
    """Encoder: rectified image to spatial latent."""

    rows: int = setting(
        64, 'rectified image rows (x axis of base_link, far at the top)', 'px', 16, 512
    )
    columns: int = setting(
        96, 'rectified image columns (y axis of base_link, left is +y)', 'px', 16, 512
    )
    stride: int = setting(4, 'pixels a latent cell spans', 'px', 2, 16)
    channels: int = setting(16, 'features of a latent cell', '', 4, 256)
    width: int = setting(64, 'channels of the hidden layers', '', 8, 256)
    use_image: bool = setting(
        False, 'feed the image itself beside its difference to the empty table'
    )

    @property
    def grid(self) -> tuple[int, int]:
        """Rows and columns of the latent grid."""
        return self.rows // self.stride, self.columns // self.stride


@dataclass(frozen=True)
class PredictorConfig(Checked):
    """Task predictor: latent and push raster to next latent."""

    width: int = setting(64, 'channels of the residual blocks', '', 16, 512)
    blocks: int = setting(5, 'residual blocks', '', 1, 16)
    paddle_width: float = setting(0.12, 'width of the swept lane that is drawn', 'm', 0.02, 0.5)
    latent: int = setting(
        0, 'size of the latent variable for what no image tells; 0 = one outcome a push', '', 0, 64
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
class VideoConfig(Checked):
    """Video predictor: what was seen to the latents of the next frames, without actions."""

    context: int = setting(8, 'frames it watches before its first prediction is judged', '', 1, 64)
    horizon: int = setting(3, 'frames it looks ahead', '', 1, 16)
    width: int = setting(64, 'channels of the memory and the residual blocks', '', 8, 512)
    blocks: int = setting(2, 'residual blocks behind the memory', '', 1, 16)
    view_x: tuple[float, float] = setting((0.175, 0.775), 'rectified view along x', 'm')
    view_y: tuple[float, float] = setting((-0.50, 0.40), 'rectified view along y', 'm')

    def scene(self, scene: SceneConfig) -> SceneConfig:
        """Return a scene with the view of this predictor."""
        return replace(scene, view_x=self.view_x, view_y=self.view_y)


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


@dataclass(frozen=True)
class WatchConfig(Checked):
    """Watching: encoder and a predictor without actions learn from video alone."""

    hours: float = setting(6.0, 'video to watch at most', 'h', 0.001, 1000.0)
    period: float = setting(0.5, 'time between two frames', 's', 0.05, 5.0)
    gap: float = setting(0.25, 'time without an image that ends a clip', 's', 0.02, 10.0)
    context: int = setting(2, 'frames it looks back', '', 1, 16)
    windows: int = setting(2, 'predictions of each stretch of video in one step', '', 1, 16)
    width: int = setting(64, 'channels of the residual blocks', '', 8, 512)
    blocks: int = setting(3, 'residual blocks', '', 1, 16)
    steps: int = setting(1500, 'optimiser steps', '', 1)
    batch: int = setting(48, 'stretches of video in one step', '', 2, 4096)
    learning_rate: float = setting(1e-3, 'peak AdamW learning rate', '', 1e-6, 1.0)
    weight_decay: float = setting(1e-2, 'AdamW weight decay', '', 0.0, 1.0)
    ema_decay: float = setting(0.99, 'momentum of the target encoder', '', 0.0, 0.9999)
    variance_weight: float = setting(1.0, 'weight of the variance term', '', 0.0, 100.0)
    covariance_weight: float = setting(0.05, 'weight of the covariance term', '', 0.0, 100.0)
    expander: int = setting(128, 'output features of the expander', '', 16, 4096)
    change_threshold: float = setting(
        0.02, 'mean image difference of a cell that changed', '', 0.0, 1.0
    )
    jitter: float = setting(0.3, 'random gain on the colours of a stretch', '', 0.0, 0.9)
    noise: float = setting(0.01, 'random noise on each pixel', '', 0.0, 0.5)
    invert: float = setting(0.5, 'share of colours that become their negative', '', 0.0, 1.0)
    warmup: float = setting(
        0.03, 'share of the steps in which the learning rate rises', '', 0.0, 0.5
    )
    clip: float = setting(1.0, 'largest norm of the gradient', '', 0.01, 1000.0)
    holdout: float = setting(0.05, 'share of the episodes that are not watched', '', 0.0, 0.5)
    save_every: int = setting(250, 'steps between saved states and probes', '', 1)
    seed: int = setting(0, 'seed of initialisation and batches', '', 0)
    threads: int = setting(2, 'torch threads', '', 1, 64)
    bf16: bool = setting(True, 'autocast to bfloat16')
    device: str = setting('auto', 'auto, cpu or cuda', choices=('auto', 'cpu', 'cuda'))

    @property
    def length(self) -> int:
        """Frames of a stretch."""
        return self.context + self.windows


@dataclass(frozen=True)
class PlannerConfig(Checked):
    """Task level: CEM with a mixture of elites."""

    horizon: int = setting(1, 'pushes looked ahead', '', 1, 4)
    samples: int = setting(256, 'candidates an iteration', '', 8, 8192)
    iterations: int = setting(3, 'refinements', '', 1, 50)
    branches: int = setting(
        1, 'next pushes tried after each beginning; more than 1 shares beginnings among '
        'candidates, which makes a longer horizon cheaper', '', 1, 16
    )
    elites: int = setting(24, 'candidates kept an iteration', '', 1, 1024)
    uniform_share: float = setting(0.2, 'share of fresh candidates an iteration', '', 0.0, 1.0)
    noise_position: float = setting(
        0.03, 'first refinement std of start and length', 'm', 0.001, 0.3
    )
    noise_heading: float = setting(0.25, 'first refinement std of heading', 'rad', 0.01, 1.5)
    noise_decay: float = setting(0.6, 'factor on the std an iteration', '', 0.1, 1.0)
    temperature: float = setting(
        1.0, 'softmax temperature of elites over the std of their costs', '', 0.01, 100.0
    )
    proposal_share: float = setting(
        0.7, 'share of proposals (aimed, reactive) among fresh candidates', '', 0.0, 1.0
    )
    discount: float = setting(0.9, 'weight of each step relative to the one before', '', 0.01, 1.0)
    robust_top: int = setting(
        8, 'best candidates re-scored under action jitter; 0 = off', '', 0, 256
    )
    robust_samples: int = setting(6, 'jittered copies of each', '', 1, 64)
    robust_position: float = setting(
        0.004, 'std of the jitter of start and length', 'm', 0.0, 0.05
    )
    robust_heading: float = setting(0.03, 'std of the jitter of heading', 'rad', 0.0, 0.5)
    risk: str = setting(
        'off', 'how the imagined futures of one of the best candidates count; off = only jitter',
        choices=('off', 'mean', 'cvar', 'worst'),
    )
    risk_samples: int = setting(16, 'futures imagined of each of the best candidates', '', 1, 256)
    risk_alpha: float = setting(
        0.25, 'share of the costliest futures that count for cvar', '', 0.01, 1.0
    )
    chunk: int = setting(64, 'candidates rolled out at once; bounds memory', '', 1, 8192)
    deadline: float = setting(0.5, 'wall-clock limit of one plan', 's', 0.01, 60.0)
    seed: int = setting(0, 'seed of the sampler', '', 0)
    threads: int = setting(1, 'torch threads', '', 1, 64)

    def __post_init__(self) -> None:
        """Check bounds and that there are candidates whose risk can be judged."""
        super().__post_init__()
        if self.risk != 'off' and self.robust_top == 0:
            raise ConfigError(
                f'PlannerConfig.risk = {self.risk}: it is judged on the best candidates; set '
                'robust_top above 0'
            )


@dataclass(frozen=True)
class RegionConfig(Checked):
    """Goal energy: how much a difference to the goal image counts, by where it is."""

    table: float = setting(1.0, 'weight of a cell on the table', '', 0.0, 100.0)
    floor: float = setting(2.0, 'weight of a cell on the floor', '', 0.0, 100.0)
    bin: float = setting(1.0, 'weight of a cell in the bin; 0 = do not care', '', 0.0, 100.0)
    bin_margin: float = setting(
        0.0, 'cells this close to the bin count as bin: a cell sees beyond itself', 'm', 0.0, 0.2
    )

    def __post_init__(self) -> None:
        """Check bounds and that something counts."""
        super().__post_init__()
        if self.table + self.floor + self.bin == 0.0:
            raise ConfigError('RegionConfig: give table, floor or bin a weight above 0.0')


@dataclass(frozen=True)
class GuardConfig(Checked):
    """Guard: what it takes to hold the arm."""

    plan_timeout: float = setting(
        0.3, 'age of the last plan that makes the guard hold', 's', 0.05, 5.0
    )
    joint_timeout: float = setting(
        0.2, 'age of the joint states that makes the guard hold', 's', 0.05, 5.0
    )
    position_margin: float = setting(0.01, 'distance kept from joint limits', 'rad', 0.0, 0.5)
    velocity_scale: float = setting(1.0, 'share of the URDF velocity limits', '', 0.05, 1.0)
    jump_limit: float = setting(
        0.25, 'distance of a plan from the arm that makes the guard refuse it', 'rad', 0.01, 1.0
    )
    stop_deceleration: float = setting(
        8.0, 'joint deceleration while stopping', 'rad/s^2', 0.5, 50.0
    )
    rate: float = setting(100.0, 'command rate', 'Hz', 10.0, 1000.0)
    command_interface: str = setting(
        'joint_state',
        'message type of commands',
        choices=('joint_state', 'float64_multi_array', 'joint_trajectory'),
    )


@dataclass(frozen=True)
class ModelConfig(Checked):
    """World model that perception, predictor and planner load; give all three the same."""

    checkpoint: str = setting(str(SHIPPED), 'folder, by itself or inside this package')
    device: str = setting('auto', 'auto, cpu or cuda', choices=('auto', 'cpu', 'cuda'))


@dataclass(frozen=True)
class RobotConfig(Checked):
    """Arm that the nodes work with."""

    robot: str = setting('config/robots/panda.yaml', 'file, by itself or inside this package')
    view_delay: float = setting(
        0.1, 'the view counts as free this long after the arm came to rest at retract',
        's', 0.0, 5.0,
    )


@dataclass(frozen=True)
class MemoryConfig(Checked):
    """Memory of the predictor node: what the arm hides."""

    behind_arm: bool = setting(
        True, 'form a belief also while the arm is in the picture; needs camera and URDF'
    )
    file: str = setting('', 'file that keeps the memory over restarts; empty = none')
    save_period: float = setting(2.0, 'time between two writes of the file', 's', 0.1, 3600.0)
    margin: int = setting(1, 'pixels around the arm that count as hidden too', 'px', 0, 16)
    reach: int = setting(3, 'cells around a hidden one that the encoder spoils', '', 0, 8)
    half_life: float = setting(
        60.0, 'confidence in what is hidden halves in this time', 's', 0.1, 1e6
    )
    trust: float = setting(
        0.5, 'confidence left in a hidden cell that a push has swept', '', 0.0, 1.0
    )


@dataclass(frozen=True)
class PerceptionConfig(Checked):
    """Perception node."""

    background: str = setting('', 'file of the empty table; read if it is there, else written')


@dataclass(frozen=True)
class EpisodeConfig(Checked):
    """Planner node: what it does from start to stop."""

    task: str = setting(CLEAR_TABLE, 'task, or path of its YAML file')
    goal_task: str = setting(
        'push_to_goal', 'task that a goal_image switches to, unless `task` itself asks for one'
    )
    autostart: bool = setting(False, 'start when activated')
    max_pushes: int = setting(10, 'pushes before the planner stops', '', 1, 1_000_000)
    settle_time: float = setting(0.5, 'wait after a push for objects to rest', 's', 0.0, 10.0)


@dataclass(frozen=True)
class SurpriseConfig(Checked):
    """Surprise in the loop: when to follow a plan, to plan anew, to give up."""

    watch: bool = setting(
        False, 'let surprise decide; needs `foresight calibrate alarm` for the checkpoint'
    )
    follow: int = setting(
        2, 'pushes of one plan that are carried out while nothing surprises; more than 1 needs '
        'a horizon as long', '', 1, 4,
    )
    alarms: int = setting(3, 'pushes in a row that surprise before the planner stops', '', 1, 100)
    patience: float = setting(
        2.0, 'a resting view that surprises for so long stops the planner', 's', 0.2, 60.0
    )


@dataclass(frozen=True)
class VigilanceConfig(Checked):
    """Predictor node: how it compares every free view with what should be seen."""

    widespread: float = setting(
        0.65, 'share of the cells that change when it is not an object that moved but the camera '
        'or the light', '', 0.1, 1.0,
    )


@dataclass(frozen=True)
class RecorderConfig(Checked):
    """Recorder node; its parameter `topics` names what is recorded."""

    folder: str = setting('out/bags', 'folder of the bags')
    bag: str = setting('bag', 'name of a bag; a number is added if it exists')
    record_at_once: bool = setting(True, 'start a bag with the node')


@dataclass(frozen=True)
class BagConfig(Checked):
    """Bags as training data: what counts as seen without a break, and as a push."""

    gap: float = setting(
        0.25, 'time without an image, or without joint states, that is a break', 's', 0.02, 10.0
    )
    wait: float = setting(
        3.0, 'longest time between the free view and the arm leaving or coming back', 's',
        0.1, 60.0,
    )
    rest: float = setting(
        0.5, 'what was pushed rests this long after the arm came back', 's', 0.0, 10.0
    )
    reach: float = setting(
        0.03, 'the tool passes start and end of a push at least this near', 'm', 0.001, 0.2
    )


@dataclass(frozen=True)
class CollectConfig(Checked):
    """Self-supervised play."""

    pushes: int = setting(20_000, 'pushes to collect', '', 1)
    pushes_an_episode: int = setting(10, 'pushes before a new scene', '', 1, 100)
    aimed_share: float = setting(
        0.5, 'share of pushes aimed where the image differs from the empty table', '', 0.0, 1.0
    )
    objects_low: int = setting(1, 'fewest objects of a scene', '', 0, 10)
    objects_high: int = setting(6, 'most objects of a scene', '', 0, 10)
    seed: int = setting(
        100_000, 'seed of the first episode; tests use 10000-19999, tuning 0-9999', '', 0
    )
    workers: int = setting(2, 'worker processes', '', 1, 256)
    frames: bool = setting(True, 'keep the camera frames during pushes')
    planned_share: float = setting(
        0.0, 'share of pushes that the planner chooses with a checkpoint', '', 0.0, 1.0
    )
    checkpoint: str = setting(str(SHIPPED), 'checkpoint that it plans with')
    task: str = setting(CLEAR_TABLE_BOTH, 'task that it plans for, or path of its YAML file')
