"""Contrastive term: which of many cells is the one that was imagined."""

import math

import torch
from jaxtyping import Float
from torch import Generator, Tensor
from torch.nn import functional

from foresight.world_model.regularizers.term import CellViews, Penalty, Regularizer, make_expander

TEMPERATURE = 0.1  # As in SimCLR.
PAIRS = 1024  # More negatives cost time in the square and change little.


def info_nce(guess: Float[Tensor, 'pair feature'],
             truth: Float[Tensor, 'pair feature']) -> Float[Tensor, '']:
    """Return the cross-entropy of finding each cell's partner, over that of a blind guess.

    About 1 when all cells are alike, 0 when every cell is told from every other.
    """
    first, second = functional.normalize(guess, dim=1), functional.normalize(truth, dim=1)
    logits = (first @ second.T).float() / TEMPERATURE  # pair pair
    partner = torch.arange(len(logits), device=logits.device)
    both = functional.cross_entropy(logits, partner) + functional.cross_entropy(logits.T, partner)
    return both / (2.0 * math.log(len(logits)))


class Contrastive(Regularizer):
    """Wants an imagined cell nearer to the one that arrived there than to all other cells.

    Other cells are other places of the same image and places of other images.

    References:
        van den Oord et al., CPC, arXiv:1807.03748, eq. 4: the loss; Chen et al., SimCLR,
        arXiv:2002.05709, eq. 1: cosine, temperature and projection head.
    """

    def __init__(self, channels: int, expander: int, weight: float) -> None:
        """Build the projection head."""
        super().__init__()
        self.expander = make_expander(channels, expander)
        self._weight = weight

    def forward(self, views: CellViews, generator: Generator) -> Penalty:
        """Penalise pairs that are not told from other pairs."""
        chosen = torch.randperm(len(views.arrived), generator=generator)[:PAIRS]
        chosen = chosen.to(views.arrived.device)
        contrast = info_nce(
            self.expander(views.predicted[chosen]), self.expander(views.arrived[chosen]),
        )
        total = self._weight * math.log(len(chosen)) * contrast
        return Penalty(total, {'contrast': contrast})
