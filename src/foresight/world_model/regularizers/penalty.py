"""The interface of anti-collapse terms."""

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
    """What a regularizer adds to the loss.

    Attributes:
        total: Weighted sum, to be added.
        parts: Unweighted terms by name, for the log.
    """

    total: Float[Tensor, '']
    parts: dict[str, Float[Tensor, '']]


class Regularizer(nn.Module, ABC):
    """Anything that penalises cells which all look the same."""

    @abstractmethod
    def forward(self, views: CellViews, generator: Generator) -> Penalty:
        """Penalise a set of cells.

        Args:
            views: Cells, and pairs of views.
            generator: Source of everything random.
        """

    def update(self, decay: float) -> None:
        """Move slow copies of own weights, if there are any, toward the weights."""
