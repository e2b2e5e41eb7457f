"""Cross-correlation of two views of the same places."""

from jaxtyping import Float
from torch import Generator, Tensor

from foresight.world_model.regularizers.term import CellViews, Penalty, Regularizer, make_expander


def standardize(features: Float[Tensor, 'pair feature']) -> Float[Tensor, 'pair feature']:
    """Give every feature zero mean and unit variance; one that never varies stays zero."""
    centred = features - features.mean(dim=0)
    return centred / (centred.square().mean(dim=0) + 1e-4).sqrt()


def cross_correlation(first: Float[Tensor, 'pair feature'],
                      second: Float[Tensor, 'pair feature']) -> Float[Tensor, 'feature feature']:
    """Correlate each feature of one view with each of the other."""
    return standardize(first).T @ standardize(second) / len(first)


class CrossCorrelation(Regularizer):
    """Wants each feature of the imagined cell to follow the same one of the cell that arrived.

    And no other: the cross-correlation becomes the identity. A feature that never varies
    correlates with nothing, which the diagonal punishes.

    References:
        Zbontar et al., Barlow Twins, arXiv:2103.03230, eq. 1 and 2; here divided by the number of
        features, so that the weights do not depend on it.
    """

    def __init__(self, channels: int, expander: int, weight: float) -> None:
        """Build the expander."""
        super().__init__()
        self.expander = make_expander(channels, expander)
        self._weight, self._redundancy = weight, 1.0 / expander

    def forward(self, views: CellViews, generator: Generator) -> Penalty:
        """Penalise features that disagree between the views, and copies of one another."""
        first = self.expander(views.predicted).float()
        second = self.expander(views.arrived).float()
        correlation = cross_correlation(first, second).float()
        diagonal = correlation.diagonal()
        disagreement = (1.0 - diagonal).square().mean()
        others = correlation.square().sum() - diagonal.square().sum()
        redundancy = others / len(diagonal)
        total = self._weight * (disagreement + self._redundancy * redundancy)
        return Penalty(total, {'disagreement': disagreement, 'redundancy': redundancy})
