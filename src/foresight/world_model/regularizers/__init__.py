"""Anti-collapse terms: what keeps different scenes apart in latent space.

A regularizer is a module from cells to a `Penalty`. Each method is one file here and one name
in `TrainConfig.regularizer`.
"""

from foresight.settings import TrainConfig
from foresight.world_model.regularizers.barlow import CrossCorrelation
from foresight.world_model.regularizers.distillation import Distillation
from foresight.world_model.regularizers.infonce import Contrastive
from foresight.world_model.regularizers.none import NoRegularizer
from foresight.world_model.regularizers.penalty import CellViews, Penalty, Regularizer
from foresight.world_model.regularizers.sigreg import SketchedGaussian
from foresight.world_model.regularizers.vicreg import VarianceCovariance

__all__ = [
    'CellViews', 'Contrastive', 'CrossCorrelation', 'Distillation', 'NoRegularizer', 'Penalty',
    'Regularizer', 'SketchedGaussian', 'VarianceCovariance', 'make_regularizer',
]


def make_regularizer(channels: int, config: TrainConfig) -> Regularizer:
    """Build the method that `config.regularizer` names."""
    expander, weight = config.expander, config.regularizer_weight
    match config.regularizer:
        case 'none':
            return NoRegularizer()
        case 'ema':
            return Distillation(channels, expander, weight)
        case 'infonce':
            return Contrastive(channels, expander, weight)
        case 'barlow':
            return CrossCorrelation(channels, expander, weight)
        case 'sigreg':
            return SketchedGaussian(channels, weight)
        case _:
            return VarianceCovariance(
                channels, expander, config.variance_weight, config.covariance_weight,
            )
