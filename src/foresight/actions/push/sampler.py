"""Sources of pushes that look like the data: anywhere on the table, or aimed at something."""

import math

import torch
from jaxtyping import Float
from torch import Generator, Tensor

from foresight.actions.push.action import uniform_pushes
from foresight.actions.push.settings import PushConfig
from foresight.planning.candidates import draw_feasible
from foresight.protocols import Guardrail
from foresight.settings import SceneConfig

# A push that starts this far behind what it aims at touches down beside it, not on it [m].
BEHIND = (0.04, 0.08)


class PushSampler:
    """Draws pushes anywhere on the table, in any heading, that satisfy a guardrail."""

    def __init__(self, scene: SceneConfig, push: PushConfig, guardrail: Guardrail) -> None:
        self._scene, self._push, self._guardrail = scene, push, guardrail

    def __call__(self, count: int, generator: Generator) -> Float[Tensor, 'count 4']:
        """Draw `count` pushes."""
        return draw_feasible(self._draw, (self._guardrail,), count, generator)

    def _draw(self, count: int, generator: Generator) -> Float[Tensor, 'count 4']:
        """Draw pushes that may be infeasible."""
        return uniform_pushes(count, generator, self._scene, self._push)


class AimedSampler:
    """Draws pushes that start behind a heavy cell of the table and pass over it.

    Heading and length are random, so what is drawn touches something but knows no better. The
    weights come from an image or a latent, never from true poses.
    """

    def __init__(
        self, scene: SceneConfig, push: PushConfig, guardrail: Guardrail,
        weights: Float[Tensor, 'height width'],
    ) -> None:
        """Hold the bounds and the cells to aim at.

        Args:
            scene: Table and view; the weights cover the rectified view.
            push: Bounds of a push.
            guardrail: What a push must satisfy.
            weights: Weight of each cell, >= 0; cells off the table are ignored. Without weight
                on the table every cell of it counts the same.
        """
        self._scene, self._push, self._guardrail = scene, push, guardrail
        self._size, self._centres, self._weights = _table_cells(scene, weights.float().cpu())

    def __call__(self, count: int, generator: Generator) -> Float[Tensor, 'count 4']:
        """Draw `count` pushes."""
        return draw_feasible(self._draw, (self._guardrail,), count, generator)

    def _draw(self, count: int, generator: Generator) -> Float[Tensor, 'count 4']:
        """Draw pushes that may be infeasible."""
        chosen = torch.multinomial(self._weights, count, replacement=True, generator=generator)
        within = torch.rand(count, 2, generator=generator) - 0.5
        targets = self._centres[chosen] + self._size * within  # count 2
        heading, behind, share = torch.rand(3, count, generator=generator)
        heading = (2 * heading - 1) * math.pi
        direction = torch.stack([heading.cos(), heading.sin()], dim=1)
        back = BEHIND[0] + (BEHIND[1] - BEHIND[0]) * behind
        start = targets - back[:, None] * direction
        longest = self._room(start, direction).clamp(max=self._push.length_high)
        # Shorter than allowed is left to the guardrail, which refuses it.
        length = self._push.length_low + share * (longest - self._push.length_low)
        return torch.cat([start, heading[:, None], length[:, None]], dim=1)

    def _room(
        self, start: Float[Tensor, 'count 2'], direction: Float[Tensor, 'count 2'],
    ) -> Float[Tensor, ' count']:
        """Return how far a push may go before it ends too far outside the table [m]."""
        bounds = torch.tensor([self._scene.table_x, self._scene.table_y])  # 2 (low, high)
        margin = self._push.end_margin
        edge = torch.where(direction > 0, bounds[:, 1] + margin, bounds[:, 0] - margin)
        return ((edge - start) / direction).nan_to_num(math.inf).amin(dim=1)


def _table_cells(
    scene: SceneConfig, weights: Float[Tensor, 'height width'],
) -> tuple[Float[Tensor, '2'], Float[Tensor, 'cell 2'], Float[Tensor, ' cell']]:
    """Return cell size and centre [m] and weight of the cells whose centre is on the table."""
    rows, columns = weights.shape
    (x_low, x_high), (y_low, y_high) = scene.view_x, scene.view_y
    size = torch.tensor([(x_high - x_low) / rows, (y_high - y_low) / columns])
    # `cell_centres` but for the rounding, on which every measured episode depends.
    x = x_high - (torch.arange(rows) + 0.5) * size[0]
    y = y_high - (torch.arange(columns) + 0.5) * size[1]
    centres = torch.cartesian_prod(x, y)  # height*width 2
    bounds = torch.tensor([scene.table_x, scene.table_y])
    inside = ((centres > bounds[:, 0]) & (centres < bounds[:, 1])).all(dim=1)
    kept = weights.flatten()[inside].clamp_min(0.0)
    return size, centres[inside], kept if kept.sum() > 0 else torch.ones_like(kept)
