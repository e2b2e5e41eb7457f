"""The interface of anti-collapse terms."""

from abc import ABC, abstractmethod
from dataclasses import dataclass

from jaxtyping import Float
from torch import Tensor, nn


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
    def forward(self, cells: Float[Tensor, 'cell channel']) -> Penalty:
        """Penalise a set of cells taken from many images."""
