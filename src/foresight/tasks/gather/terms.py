"""Cost term of things that shall come together, read from the cost head."""

from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

from foresight.errors import ConfigError
from foresight.tasks.clear_table.cost_head import TABLE
from foresight.tasks.ingredients import Ingredients
from foresight.world_model.scene_map import cell_centres


class Apart:
    """Expected way between the objects on the table, summed over pairs, in longest actions."""

    name = 'apart'

    def __init__(self, known: Ingredients, within: Any = 0.07) -> None:
        """Measure the way between every two cells.

        Args:
            known: Cost head and scene.
            within: Centres this close count as together [m]; one thing fills several cells.

        Raises:
            ConfigError: If `within` is no length.
        """
        if not isinstance(within, float) or not 0.0 <= within <= 1.0:
            raise ConfigError(f'within = {within!r}: write a length of 0.0 to 1.0 m')
        x, y = cell_centres(known.scene, known.encoder.grid)
        centres = torch.cartesian_prod(x, y)  # cell 2
        ways = (torch.cdist(centres, centres) - within).clamp(min=0.0)
        self._ways = ways / (2.0 * known.action.longest)  # a pair is met twice
        self._occupancy = known.occupancy

    def score(
        self, latents: Float[Tensor, 'batch channel height width'],
    ) -> Float[Tensor, ' batch']:
        """Score single latents."""
        return self.weigh(self._occupancy(latents))

    def weigh(self, maps: Float[Tensor, 'batch 2 height width']) -> Float[Tensor, ' batch']:
        """Score occupancy maps, also true ones."""
        table = maps[:, TABLE].flatten(1)  # batch cell
        return ((table @ self._ways.to(table)) * table).sum(dim=1)
