"""The interface of anti-collapse terms, and what several of them need."""

from abc import ABC, abstractmethod
from dataclasses import dataclass

from jaxtyping import Float
from torch import Generator, Tensor, nn


@dataclass(frozen=True)
class CellViews:
    """Cells taken from many images, and views of the same place that should agree.

    Attributes:
        cells: Latents of both images of each action.
        arrived: Latents of the images after the actions, with gradient.
        predicted: Latents imagined there.
        target: Latents there by the slow copy of the encoder, without gradient.
    """

    cells: Float[Tensor, 'cell channel']
    arrived: Float[Tensor, 'pair channel']
    predicted: Float[Tensor, 'pair channel']
    target: Float[Tensor, 'pair channel']


@dataclass(frozen=True)
class Penalty:
    """What a regularizer adds to the loss, and its unweighted terms by name, for the log."""

    total: Float[Tensor, '']
    parts: dict[str, Float[Tensor, '']]


class Regularizer(nn.Module, ABC):
    """Anything that penalises cells which all look the same."""

    @abstractmethod
    def forward(self, views: CellViews, generator: Generator) -> Penalty:
        """Penalise a set of cells."""

    def update(self, decay: float) -> None:
        """Move slow copies of own weights, if there are any, toward the weights."""


class NoRegularizer(Regularizer):
    """Adds nothing."""

    def forward(self, views: CellViews, generator: Generator) -> Penalty:
        """Return zero."""
        return Penalty(total=views.cells.new_zeros(()), parts={})


def make_expander(channels: int, features: int) -> nn.Sequential:
    """Build a network from a cell to many features.

    Behind it a term about single features or pairs of them constrains more than moments of second
    order of the latent, and leaves the latent itself free to choose its axes.

    References:
        Bardes et al., VICReg, arXiv:2105.04906, section 4.1: expander.
    """
    return nn.Sequential(nn.Linear(channels, features), nn.ReLU(), nn.Linear(features, features))
