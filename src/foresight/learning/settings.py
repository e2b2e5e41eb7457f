"""Settings of training."""

from dataclasses import dataclass, replace

from foresight.errors import ConfigError
from foresight.settings import Checked, setting

LABELS_ONLY = ('supervised', 'head')
"""Objectives without a self-supervised loss."""


@dataclass(frozen=True)
class RunConfig(Checked):
    """What every training run has."""

    batch: int = setting(128, 'examples in one step', '', 1)
    learning_rate: float = setting(1e-3, 'peak AdamW learning rate', '', 1e-6, 1.0)
    weight_decay: float = setting(1e-2, 'AdamW weight decay', '', 0.0, 1.0)
    warmup: float = setting(0.03, 'share of steps in which the learning rate rises', '', 0.0, 0.5)
    clip: float = setting(1.0, 'largest norm of the gradient', '', 0.01, 1000.0)
    ema_decay: float = setting(0.99, 'momentum of the target encoder', '', 0.0, 0.9999)
    variance_weight: float = setting(1.0, 'weight of the variance term', '', 0.0, 100.0)
    covariance_weight: float = setting(0.05, 'weight of the covariance term', '', 0.0, 100.0)
    expander: int = setting(128, 'output features of the expander', '', 16, 4096)
    change_threshold: float = setting(0.02, 'mean difference of a changed cell', '', 0.0, 1.0)
    save_every: int = setting(200, 'steps between saved states', '', 1)
    seed: int = setting(0, 'seed of initialisation and batches', '', 0)
    threads: int = setting(2, 'torch threads', '', 1, 64)
    bf16: bool = setting(True, 'autocast to bfloat16')
    device: str = setting('auto', 'auto, cpu or cuda', choices=('auto', 'cpu', 'cuda'))


@dataclass(frozen=True)
class TrainConfig(RunConfig):
    """Training of the world model and of the cost head."""

    epochs: int = setting(30, 'passes over the actions', '', 1, 1000)
    steps: int = setting(0, 'optimiser steps of the whole run; 0 = as `epochs` says', '', 0)
    actions: int = setting(0, 'actions to learn from, in whole episodes; 0 = all', '', 0)
    batch: int = setting(128, 'actions in one step', '', 8, 4096)
    objective: str = setting(
        'jepa',
        'what the world model learns from: its own latents, reconstruction, labels; '
        'head = only the cost head learns',
        choices=('jepa', 'autoencoder', 'supervised', 'head'),
    )
    pretrained: str = setting(
        '', 'checkpoint to go on from; empty = none, random weights', flag='from',
    )
    frozen: bool = setting(
        False, 'keep the encoder of the checkpoint to go on from, and its cost head'
    )
    replay_share: float = setting(
        0.5, 'share of the actions of a step that are old ones, where there is replay', '', 0.0,
        0.95,
    )
    distil: float = setting(
        0.0, 'weight of staying near what the old model says of the new images, where there is '
        'no replay', '', 0.0, 100.0,
    )
    regularizer: str = setting(
        'vicreg', 'anti-collapse term of the objective jepa',
        choices=('vicreg', 'ema', 'infonce', 'barlow', 'sigreg', 'none'),
    )
    regularizer_weight: float = setting(
        1.0, 'weight of the anti-collapse term; vicreg has two of its own', '', 0.0, 100.0
    )
    rollout: int = setting(1, 'actions in a row that are imagined in the loss', '', 1, 4)
    prediction_weight: float = setting(1.0, 'weight of latent prediction', '', 0.0, 100.0)
    inverse_weight: float = setting(2.0, 'weight of inverse dynamics', '', 0.0, 100.0)
    cost_weight: float = setting(1.0, 'weight of the cost head', '', 0.0, 100.0)
    label_gradient: bool = setting(False, 'let the gradient of the cost head reach the encoder')
    labels: int = setting(0, 'labelled images for the cost head, by the seed; 0 = all', '', 0)
    latent_share: float = setting(0.5, 'share of actions with a latent variable', '', 0.0, 1.0)
    latent_weight: float = setting(
        0.02, 'weight of what the latent variable is told of the outcome', '1/nat', 0.0, 100.0
    )
    latent_free: float = setting(
        2.0, 'what it may be told of one action free of charge, on average', 'nat', 0.0, 100.0
    )
    jitter: float = setting(0.3, 'random gain on colours, the same before and after', '', 0.0, 0.9)
    noise: float = setting(0.01, 'random noise on each pixel', '', 0.0, 0.5)
    invert: float = setting(
        0.5,
        'share of colour channels that become their negative; colours then also change places', '',
        0.0, 1.0,
    )
    mirror: float = setting(
        0.5, 'share of the actions of an arm reflected near to far, and left to right', '',
        0.0, 1.0,
    )
    holdout: float = setting(0.05, 'share of the episodes kept for the probe', '', 0.0, 0.5)

    def __post_init__(self) -> None:
        """Check bounds, and that a cost head alone has latents to learn on."""
        super().__post_init__()
        if self.objective == 'head' and not self.pretrained:
            raise ConfigError(
                'TrainConfig.objective = head: give pretrained (--from) a checkpoint'
            )


def as_trained(config: TrainConfig) -> TrainConfig:
    """Return the settings as their objective takes them.

    - `jepa`: every weight as given.
    - `autoencoder`: the encoder learns by reconstruction (and inverse dynamics, if it has a
      weight), so nothing is left for a regularizer; the predictor learns on detached latents.
    - `supervised`: encoder and predictor learn through the cost head alone.
    - `head`: nothing reaches encoder and predictor.
    """
    if config.objective == 'autoencoder':
        return replace(config, regularizer='none')
    if config.objective in LABELS_ONLY:
        return replace(config, regularizer='none', label_gradient=config.objective == 'supervised')
    return config


@dataclass(frozen=True)
class CriticConfig(Checked):
    """Critic: how the expected remaining cost is learned on a frozen world model."""

    width: int = setting(32, 'channels inside', '', 4, 256)
    sweeps: int = setting(6, 'actions that the value looks ahead, one a sweep', '', 1, 50)
    states: int = setting(3000, 'latents that are planned from in a sweep', '', 16)
    imagined: float = setting(0.5, 'share of latents that the last plans lead to', '', 0.0, 1.0)
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
class VideoTrainConfig(RunConfig):
    """Training of the video predictor on clips without actions."""

    steps: int = setting(10_000, 'optimiser steps', '', 1)
    pretrained: str = setting(
        '', 'checkpoint of a video predictor to go on from; empty = none', flag='from',
    )
    batch: int = setting(8, 'clips in one step', '', 2, 1024)
    frames: int = setting(20, 'frames of each clip in one step', '', 2, 1024)
    watched: int = setting(4, 'frames it watches before its first prediction counts', '', 1, 64)
    crop_rows: int = setting(32, 'rows cut out around what moves', 'px', 16, 512)
    crop_columns: int = setting(48, 'columns cut out around what moves', 'px', 16, 512)
    blinks: float = setting(0.5, 'share of clips with a patch hidden 2 to 6 frames', '', 0.0, 1.0)
    boards: float = setting(0.35, 'share of clips with a board painted over motion', '', 0.0, 0.5)
    planks: float = setting(0.35, 'share of clips with a plank painted under motion', '', 0.0, 0.5)
    learning_rate: float = setting(2e-3, 'peak AdamW learning rate', '', 1e-6, 1.0)
    worst_weight: float = setting(0.5, 'weight of the worst cells of each frame', '', 0.0, 100.0)
    blindness_weight: float = setting(2.0, 'weight of latents blind to motion', '', 0.0, 100.0)
    jitter: float = setting(0.3, 'random gain on the colours of a clip', '', 0.0, 0.9)
    invert: float = setting(0.5, 'share of colours that become their negative', '', 0.0, 1.0)
    save_every: int = setting(200, 'steps between saved states and probes', '', 1)
