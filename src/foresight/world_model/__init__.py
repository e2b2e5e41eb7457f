"""The learned world model: encoder, predictors, and what is needed to train and to load them."""

from foresight.world_model.checkpoint import Checkpoint, load
from foresight.world_model.jepa import Jepa

__all__ = ['Checkpoint', 'Jepa', 'load']
