"""No regularizer: the baseline that collapses."""

from jaxtyping import Float
from torch import Tensor

from foresight.world_model.regularizers.penalty import Penalty, Regularizer


class NoRegularizer(Regularizer):
    """Adds nothing."""

    def forward(self, cells: Float[Tensor, 'cell channel']) -> Penalty:
        """Return zero."""
        return Penalty(total=cells.new_zeros(()), parts={})
