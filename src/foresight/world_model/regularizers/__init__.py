"""Anti-collapse terms, a file each: what keeps different scenes apart in latent space."""

from foresight.world_model.regularizers.barlow import CrossCorrelation
from foresight.world_model.regularizers.distillation import Distillation
from foresight.world_model.regularizers.infonce import Contrastive
from foresight.world_model.regularizers.sigreg import SketchedGaussian
from foresight.world_model.regularizers.term import CellViews, NoRegularizer, Penalty, Regularizer
from foresight.world_model.regularizers.vicreg import VarianceCovariance

__all__ = [
    'CellViews', 'Contrastive', 'CrossCorrelation', 'Distillation', 'NoRegularizer', 'Penalty',
    'Regularizer', 'SketchedGaussian', 'VarianceCovariance', 'make_regularizer',
]


def make_regularizer(name: str, channels: int, expander: int, weight: float,
                     variance_weight: float, covariance_weight: float) -> Regularizer:
    """Build ema, infonce, barlow, sigreg, none; else vicreg, which has two weights of its own."""
    match name:
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
            return VarianceCovariance(channels, expander, variance_weight, covariance_weight)
