"""Goal reach: how far an imagined latent is from that of a goal image, near or not."""

import torch
from jaxtyping import Float
from torch import Tensor

SPANS = (0.0, 0.25, 0.5, 1.0)
"""Widths over which latents are averaged before they are compared, as shares of the grid."""


class GoalReach:
    """Mean absolute difference to the goal's latent, averaged over ever wider surroundings.

    Compared cell by cell, a thing that is not yet where it shall be is equally wrong wherever it
    is. Averaged over its surroundings, it is the less wrong the nearer it is.

    References:
        Székely and Rizzo, Energy statistics, JSPI 2013: a distance of two masses that tells how
        far they are apart, of which these averages are a cheap form.
    """

    name = 'goal_reach'

    def __init__(self, goal: Float[Tensor, 'channel height width']) -> None:
        """Hold the goal, and how latents are averaged along each axis."""
        height, width = goal.shape[1:]
        self._goal = goal
        self._blurs = [
            (blur(height, span).to(goal), blur(width, span).to(goal)) for span in SPANS
        ]

    def score(
        self, latents: Float[Tensor, 'batch channel height width'],
    ) -> Float[Tensor, ' batch']:
        """Return the mean difference of each latent."""
        difference = latents - self._goal
        spread = [rows @ difference @ columns.T for rows, columns in self._blurs]
        return torch.stack([part.abs().mean(dim=(1, 2, 3)) for part in spread]).mean(dim=0)


def blur(count: int, span: float) -> Float[Tensor, 'count count']:
    """Return the matrix that spreads each cell of a row over `span` of it to either side."""
    place = torch.arange(count)
    near = ((place[:, None] - place).abs() <= span * count).float()
    return near / near.sum(dim=0)
