"""A plan's cost: small named terms, each with a weight, each reporting its share."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from foresight.errors import ConfigError
from foresight.protocols import CostBreakdown, CostTerm, Rollout


@dataclass(frozen=True)
class WeightedTerm:
    """A term and how much it counts."""

    term: CostTerm
    weight: float


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
        for step in range(1, rollout.latents.shape[1]):
            # One tensor for all terms: those that share a network evaluate it once.
            latents, factor = rollout.latents[:, step], self._discount ** (step - 1)
            for item in self._terms:
                share = factor * item.weight * item.term.score(latents)
                name = item.term.name
                shares[name] = shares[name] + share if name in shares else share
        return CostBreakdown(total=torch.stack(list(shares.values())).sum(dim=0), shares=shares)
