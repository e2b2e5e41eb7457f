"""Objectives: what moves the encoder and the predictor."""

from dataclasses import replace

from foresight.learning.settings import TrainConfig

LABELS_ONLY = ('supervised', 'head')
"""Objectives without a self-supervised loss."""


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
