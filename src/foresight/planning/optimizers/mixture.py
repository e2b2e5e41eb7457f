"""Elites as a mixture: acting left and acting right are both kept, their mean is neither."""

from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from torch import Generator, Tensor

from foresight.planning.action_space import ActionSpace

# Elites closer than this say the same thing twice: root mean square, in first refinement stds.
DUPLICATE_RADIUS = 0.5


@dataclass(frozen=True)
class EliteMixture:
    """The best candidates so far, cheapest first; each one is a component.

    Attributes:
        actions: Action sequences, shape (elite, horizon, action).
        costs: Their costs, ascending.
    """

    actions: Float[Tensor, 'elite horizon action']
    costs: Float[Tensor, ' elite']

    def weights(self, temperature: float) -> Float[Tensor, ' elite']:
        """Return the softmax of costs; `temperature` is in standard deviations of the costs."""
        spread = self.costs.std(correction=0).clamp_min(1e-12)
        return torch.softmax(-(self.costs - self.costs[0]) / (temperature * spread), dim=0)

    def draw(
        self, count: int, temperature: float, generator: Generator,
    ) -> Float[Tensor, 'count horizon action']:
        """Draw components to perturb, cheap ones more often."""
        weights = self.weights(temperature)
        chosen = torch.multinomial(weights, count, replacement=True, generator=generator)
        return self.actions[chosen]


def refit(
    actions: Float[Tensor, 'sample horizon action'], costs: Float[Tensor, ' sample'], count: int,
    space: ActionSpace,
) -> EliteMixture:
    """Keep the cheapest candidates, leaving out those almost equal to a cheaper one.

    Args:
        actions: Candidate sequences.
        costs: Their costs, not finite where the model failed.
        count: Elites to keep at most.
        space: Scales of an action.

    Returns:
        At most `count` elites, cheapest first.
    """
    order = torch.sort(costs, stable=True).indices
    order = order[costs[order].isfinite()]
    kept = order[_distinct(actions[order], count, space)]
    return EliteMixture(actions[kept], costs[kept])


def _distinct(
    actions: Float[Tensor, 'pool horizon action'], count: int, space: ActionSpace,
) -> Int[Tensor, ' kept']:
    """Return indices of sequences that are not near an earlier kept one."""
    kept: list[int] = []
    left = torch.ones(len(actions), dtype=torch.bool)
    while len(kept) < count and left.any():
        kept.append(int(left.int().argmax()))
        left &= space.distances(actions, actions[kept[-1]]) >= DUPLICATE_RADIUS
    return torch.tensor(kept, dtype=torch.long)
