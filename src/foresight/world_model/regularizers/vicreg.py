"""Variance and covariance terms with an expander."""

import torch
from jaxtyping import Float
from torch import Generator, Tensor
from torch.nn import functional

from foresight.world_model.regularizers.term import CellViews, Penalty, Regularizer, make_expander

LATENT_STD = 0.6  # Cells have unit variance over channels; more than this cannot hold everywhere.


def variance_term(features: Float[Tensor, 'cell feature'], target: float) -> Float[Tensor, '']:
    """Penalise features whose standard deviation is below `target`."""
    std = (features.var(dim=0) + 1e-4).sqrt()
    return functional.relu(target - std).mean() / target


def covariance_term(features: Float[Tensor, 'cell feature']) -> Float[Tensor, '']:
    """Penalise features that say the same: mean square of the off-diagonal covariance, summed."""
    centred = features - features.mean(dim=0)
    covariance = centred.T @ centred / (len(features) - 1)
    off_diagonal = covariance - torch.diag(covariance.diagonal())
    return off_diagonal.square().sum() / features.shape[1]


class VarianceCovariance(Regularizer):
    """Keeps foreground cells apart, in the latent itself and behind an expander.

    References:
        Bardes et al., VICReg, arXiv:2105.04906: the terms and the expander.
    """

    def __init__(self, channels: int, expander: int, variance_weight: float,
                 covariance_weight: float) -> None:
        """Build the expander."""
        super().__init__()
        self.expander = make_expander(channels, expander)
        self._variance_weight, self._covariance_weight = variance_weight, covariance_weight

    def forward(self, views: CellViews, generator: Generator) -> Penalty:
        """Penalise cells that are alike, and features that are copies of one another."""
        expanded = self.expander(views.cells).float()
        variance = variance_term(expanded, 1.0) + variance_term(views.cells, LATENT_STD)
        covariance = covariance_term(expanded)
        total = self._variance_weight * variance + self._covariance_weight * covariance
        return Penalty(total=total, parts={'variance': variance, 'covariance': covariance})
