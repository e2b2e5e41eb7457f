"""Surprise: how far the latent that arrived is from the one that was imagined."""

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from foresight.macro_action import ActionRaster
from foresight.protocols import Latent, Latents

WORST_CELLS = 8  # About what one object covers.


@dataclass(frozen=True)
class SurpriseReading:
    """One comparison of imagination and arrival.

    Attributes:
        map: Distance of each cell, shape (height, width); 1 is the calibrated scale.
        level: Mean of the worst cells that count; above 1 is rare on familiar actions.
        spread: Share of all cells that differ at all.
    """

    map: Float[Tensor, 'height width']
    level: float
    spread: float = 0.0


def cell_distance(predicted: Latents, arrived: Latents) -> Float[Tensor, 'batch height width']:
    """Return the root mean square difference of each cell."""
    return (predicted - arrived).square().mean(dim=1).sqrt()


def surprise_level(
    distance: Float[Tensor, 'batch height width'], swept: Float[Tensor, 'batch height width'],
) -> Float[Tensor, ' batch']:
    """Average the worst cells that the paddle did not sweep.

    Inside the lane an object may legitimately end in many places; outside nothing should move.
    """
    return worst_cells(distance * (1.0 - swept))


def worst_cells(distance: Float[Tensor, 'batch height width']) -> Float[Tensor, ' batch']:
    """Average the worst cells."""
    cells = distance.flatten(1)
    return cells.topk(min(WORST_CELLS, cells.shape[1])).values.mean(dim=1)


class Surprise:
    """Compares imagination and arrival on the scale of the checkpoint, rarely exceeded."""

    def __init__(self, raster: ActionRaster, scale: float) -> None:
        """Keep how actions are drawn, and the raw level that counts as 1."""
        self._raster, self._scale = raster, scale

    @torch.no_grad()
    def __call__(
        self, predicted: Latent, arrived: Latent, action: Float[Tensor, ' action'],
    ) -> SurpriseReading:
        """Compare the latent that was imagined for an action with the one that arrived."""
        distance = cell_distance(predicted[None], arrived[None]) / self._scale
        swept = self._raster.coverage(action[None].to(distance.device))
        return SurpriseReading(distance[0], float(surprise_level(distance, swept)))
