"""A plan's cost: small named terms, each with a weight, each reporting its share."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from foresight.errors import ConfigError
from foresight.protocols import CostBreakdown, CostTerm, Rollout


@dataclass(frozen=True)
class WeightedTerm:
    """A term and how much it counts.

    Attributes:
        term: What scores a latent.
        weight: Factor of its score.
        terminal: True for what stands for all that follows the horizon: it scores only the last
            latent, and counts as the step after it.
    """

    term: CostTerm
    weight: float
    terminal: bool = False


class Composite:
    """Weighted sum of terms over all imagined latents, each step counting less than the last."""

    def __init__(self, terms: Sequence[WeightedTerm], discount: float) -> None:
        """Combine terms.

        Args:
            terms: Terms with their weights; their names must differ.
            discount: Weight of each step relative to the one before, in (0, 1].

        Raises:
            ConfigError: If there is no term or two share a name.
        """
        names = [item.term.name for item in terms]
        if not names or len(set(names)) != len(names):
            raise ConfigError(f'cost terms {names}: give at least one, each name once')
        self._terms, self._discount = tuple(terms), discount

    def __call__(self, rollout: Rollout) -> CostBreakdown:
        """Score each imagined future over the whole horizon; the present costs nothing."""
        shares: dict[str, Tensor] = {}
        last = rollout.latents.shape[1] - 1
        for step in range(1, last + 1):
            # One tensor for all terms: those that share a network evaluate it once.
            latents = rollout.latents[:, step]
            for item in self._terms:
                if item.terminal and step < last:
                    continue
                factor = self._discount ** (step if item.terminal else step - 1)
                share = factor * item.weight * item.term.score(latents)
                name = item.term.name
                shares[name] = shares[name] + share if name in shares else share
        return CostBreakdown(total=torch.stack(list(shares.values())).sum(dim=0), shares=shares)
