"""What a planner must know about the numbers of an action: their scales and which are angles."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from foresight.macro_action import ActionNumber, Spread


@dataclass(frozen=True)
class ActionSpace:
    """Scales of an action's numbers, in their own units.

    Attributes:
        noise: Standard deviation of the first refinement.
        jitter: Standard deviation of what execution adds to a command.
        angles: Indices of the numbers that are angles [rad] and wrap at pi.
        low: Least value of each number; empty where guardrails alone bound an action.
        high: Largest value of each number.
    """

    noise: tuple[float, ...]
    jitter: tuple[float, ...]
    angles: tuple[int, ...] = ()
    low: tuple[float, ...] = ()
    high: tuple[float, ...] = ()

    @classmethod
    def of(cls, numbers: Sequence[ActionNumber], spread: Spread) -> 'ActionSpace':
        """Return the space of a macro-action, its candidates spread so far."""
        angles = tuple(index for index, number in enumerate(numbers) if number.is_angle)
        return cls(spread.noise, spread.jitter, angles)

    @property
    def size(self) -> int:
        """Numbers in an action."""
        return len(self.noise)

    def wrap(self, actions: Float[Tensor, '*batch action']) -> Float[Tensor, '*batch action']:
        """Return `actions` with every angle in [-pi, pi)."""
        if not self.angles:
            return actions
        wrapped = actions.clone()
        for index in self.angles:
            wrapped[..., index] = (actions[..., index] + math.pi) % (2 * math.pi) - math.pi
        return wrapped

    def settle(self, actions: Float[Tensor, '*batch action']) -> Float[Tensor, '*batch action']:
        """Return `actions` wrapped, and put back on the bounds that they left."""
        wrapped = self.wrap(actions)
        if not self.low:
            return wrapped
        return wrapped.clamp(torch.tensor(self.low), torch.tensor(self.high))

    def distances(
        self, actions: Float[Tensor, 'pool horizon action'],
        reference: Float[Tensor, 'horizon action'],
    ) -> Float[Tensor, ' pool']:
        """Return the root-mean-square difference to a reference in units of `noise`."""
        difference = self.wrap(actions - reference) / torch.tensor(self.noise)
        return difference.square().mean(dim=(-2, -1)).sqrt()
