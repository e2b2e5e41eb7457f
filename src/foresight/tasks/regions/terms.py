"""Cost terms of places, read from the cost head: who is where on the table.

`x` and `y` are lists of the lowest and highest coordinate in the frame of the table [m]; an axis
that is left out does not matter.
"""

from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

from foresight.tasks.clear_table.cost_head import TABLE, MapTerm
from foresight.tasks.ingredients import Ingredients
from foresight.tasks.regions.region import Region


class TableTerm(MapTerm):
    """A cost term that weights the map of what is on the table."""

    def __init__(self, known: Ingredients, weights: Float[Tensor, 'height width']) -> None:
        both = weights.new_zeros(2, *weights.shape)
        both[TABLE] = weights
        super().__init__(known.occupancy, both)


class Inside(TableTerm):
    """Expected number of objects on the table in a region."""

    name = 'inside'

    def __init__(self, known: Ingredients, x: Any = None, y: Any = None) -> None:
        """Count what is in it."""
        super().__init__(known, Region.of(known.scene, x, y).cells(known.scene, known.encoder))


class Outside(TableTerm):
    """Expected number of objects on the table outside a region."""

    name = 'outside'

    def __init__(self, known: Ingredients, x: Any = None, y: Any = None) -> None:
        """Count what is not in it."""
        inside = Region.of(known.scene, x, y).cells(known.scene, known.encoder)
        super().__init__(known, 1.0 - inside)


class Way(TableTerm):
    """Expected way that the objects on the table have to go to a region, in longest actions."""

    name = 'way'

    def __init__(self, known: Ingredients, x: Any = None, y: Any = None) -> None:
        """Weight each cell by its distance."""
        ways = Region.of(known.scene, x, y).way(known.scene, known.encoder)
        super().__init__(known, ways / known.action.longest)


class Kept(TableTerm):
    """Less for each object that is expected to stay on the table: in a bin it would be lost."""

    name = 'kept'

    def __init__(self, known: Ingredients) -> None:
        """Count everything on the table, as a gain."""
        super().__init__(known, -torch.ones(known.encoder.grid))
