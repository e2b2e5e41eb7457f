"""Anti-collapse terms: what keeps different scenes apart in latent space.

A regularizer is a module from cells to a `Penalty`. Each method is one file here and one name
in `TrainConfig.regularizer`.
"""

from foresight.config import TrainConfig
from foresight.world_model.regularizers.none import NoRegularizer
from foresight.world_model.regularizers.penalty import Penalty, Regularizer
from foresight.world_model.regularizers.vicreg import VarianceCovariance

__all__ = ['NoRegularizer', 'Penalty', 'Regularizer', 'VarianceCovariance', 'make_regularizer']


def make_regularizer(channels: int, config: TrainConfig) -> Regularizer:
    """Build the method that `config.regularizer` names."""
    if config.regularizer == 'none':
        return NoRegularizer()
    return VarianceCovariance(
        channels, config.expander, config.variance_weight, config.covariance_weight,
    )
