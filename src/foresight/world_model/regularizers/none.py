"""No regularizer: the baseline that collapses."""

from torch import Generator

from foresight.world_model.regularizers.penalty import CellViews, Penalty, Regularizer


class NoRegularizer(Regularizer):
    """Adds nothing."""

    def forward(self, views: CellViews, generator: Generator) -> Penalty:
        """Return zero."""
        return Penalty(total=views.cells.new_zeros(()), parts={})
