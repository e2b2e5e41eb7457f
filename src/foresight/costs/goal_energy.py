"""Goal energy: how far an imagined latent is from the latent of a goal image."""

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional

from foresight.errors import ConfigError
from foresight.settings import Checked, SceneConfig, setting


@dataclass(frozen=True)
class RegionConfig(Checked):
    """Goal energy: how much a difference to the goal image counts, by where it is."""

    table: float = setting(1.0, 'weight of a cell on the table', '', 0.0, 100.0)
    floor: float = setting(2.0, 'weight of a cell on the floor', '', 0.0, 100.0)
    bin: float = setting(1.0, 'weight of a cell in the bin; 0 = do not care', '', 0.0, 100.0)
    bin_margin: float = setting(
        0.0, 'cells this close to the bin count as bin: a cell sees beyond itself', 'm', 0.0, 0.2
    )

    def __post_init__(self) -> None:
        """Check bounds and that something counts."""
        super().__post_init__()
        if self.table + self.floor + self.bin == 0.0:
            raise ConfigError('RegionConfig: give table, floor or bin a weight above 0.0')


class GoalEnergy:
    """Mean over the grid of the smooth L1 distance to the goal's latent.

    References:
        Zhou et al., DINO-WM, arXiv:2411.04983: distance to a goal latent as planning cost.
    """

    name = 'goal_energy'

    def __init__(
        self, goal: Float[Tensor, 'channel height width'],
        weights: Float[Tensor, 'height width'] | None = None,
    ) -> None:
        """Hold the goal.

        Args:
            goal: Latent of the goal image.
            weights: Weight of each cell, not all zero; all the same if left out.
        """
        cells = torch.ones(goal.shape[1:]) if weights is None else weights
        self._goal = goal
        self._weights = (cells / cells.sum()).to(goal.device)

    def distances(
        self, latents: Float[Tensor, 'batch channel height width'],
    ) -> Float[Tensor, 'batch height width']:
        """Return the weighted distance of each cell: where the goal is not yet reached."""
        goal = self._goal.expand_as(latents)
        distances = functional.smooth_l1_loss(latents, goal, reduction='none').mean(dim=1)
        return distances * self._weights

    def score(
        self, latents: Float[Tensor, 'batch channel height width'],
    ) -> Float[Tensor, ' batch']:
        """Return the weighted mean distance of each latent."""
        return self.distances(latents).sum(dim=(1, 2))


def region_weights(
    scene: SceneConfig, centres: tuple[Float[Tensor, ' height'], Float[Tensor, ' width']],
    regions: RegionConfig,
) -> Float[Tensor, 'height width']:
    """Return a weight for each cell of the latent grid by the region its centre lies in.

    The floor should count more than the table: a distance that ignores it is happy to throw
    objects off the table to make the table look right.

    Args:
        scene: Where table and bins are.
        centres: x of each row and y of each column of the grid, in `base_link` [m].
        regions: Weight of each region.
    """
    x, y = centres
    along = (x > scene.table_x[0]) & (x < scene.table_x[1])
    on_table = along[:, None] & ((y > scene.table_y[0]) & (y < scene.table_y[1]))
    margin = regions.bin_margin
    weights = torch.full((len(x), len(y)), regions.floor)
    weights[on_table] = regions.table
    for zone in scene.zones:
        beside = (x > zone.x[0] - margin) & (x < zone.x[1] + margin)
        in_bin = beside[:, None] & ((y > zone.y[0] - margin) & (y < zone.y[1] + margin))
        weights[in_bin] = regions.bin
    return weights
