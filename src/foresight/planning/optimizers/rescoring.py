"""The last step of a search: the best candidates, scored again where the arm errs a little."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from foresight.planning.action_space import ActionSpace
from foresight.planning.candidates import Candidates
from foresight.planning.deadline import Deadline
from foresight.planning.optimizers.mixture import EliteMixture
from foresight.planning.settings import OptimiserConfig
from foresight.protocols import CostBreakdown, Risk, StochasticWorldModel, WorldModel

Copies = Float[Tensor, 'top copies horizon action']
Unknowns = Float[Tensor, 'copies horizon unknown']
Score = Callable[[Tensor, Tensor, Unknowns | None], CostBreakdown]
"""Scores action sequences from a latent, with unknowns of their own or without."""


@dataclass(frozen=True)
class Choice:
    """A chosen action sequence with its expected cost."""

    actions: Tensor
    cost: float
    terms: dict[str, float]
    evaluations: int


class Rescoring:
    """Picks the elite that is cheapest on average under jitter of its actions.

    With a `risk`, each of its futures also has its own value of the model's latent variable, and
    the risk says how much each future counts.
    """

    def __init__(
        self, score: Score, model: WorldModel, space: ActionSpace, config: OptimiserConfig,
        risk: Risk | None,
    ) -> None:
        """Hold the parts."""
        self._score, self._model, self._space = score, model, space
        self._config, self._risk = config, risk
        self._jitter = torch.tensor(space.jitter)

    @property
    def evaluations(self) -> int:
        """Evaluations that it wants, for whose time a search leaves room."""
        return min(self._config.robust_top, self._config.elites) * self._futures

    @property
    def _futures(self) -> int:
        """Futures imagined of each candidate."""
        config = self._config
        return config.robust_samples if self._risk is None else config.risk_samples

    def choose(
        self, latent: Tensor, candidates: Candidates, elites: EliteMixture, deadline: Deadline,
        generator: torch.Generator,
    ) -> tuple[Choice, bool]:
        """Choose among the elites; False if time ran out.

        Where it does, fewer of the best are compared, and in the end the best is taken as it is.
        """
        wanted = min(self._config.robust_top, len(elites.costs))
        if wanted > 0:
            copies, unknowns = self._imagined(elites.actions[:wanted], candidates, generator)
            parts = list(self._in_time(latent, copies, unknowns, deadline))
            if parts:
                choice = _cheapest(copies, parts, self._risk)
                return choice, choice.evaluations == wanted * self._futures
        best = elites.actions[:1]
        return _cheapest(best[:, None], [self._score(latent, best, None)]), wanted == 0

    def _imagined(
        self, best: Float[Tensor, 'top horizon action'], candidates: Candidates,
        generator: torch.Generator,
    ) -> tuple[Copies, Unknowns | None]:
        """Return the copies of each sequence that are looked at, and the unknowns of each copy."""
        copies = self._jittered(best[:, None], candidates, generator)
        if self._risk is None:
            return copies, None
        chosen = torch.arange(self._futures) % copies.shape[1]
        return copies[:, chosen], self._drawn_unknowns(generator)

    def _drawn_unknowns(self, generator: torch.Generator) -> Unknowns | None:
        """Draw the latent variable of each future, the same for all candidates."""
        model = self._model
        if not isinstance(model, StochasticWorldModel) or model.unknowns == 0:
            return None
        shape = (self._futures, self._config.horizon, model.unknowns)
        return torch.randn(shape, generator=generator)

    def _jittered(
        self, best: Float[Tensor, 'top 1 horizon action'], candidates: Candidates,
        generator: torch.Generator,
    ) -> Copies:
        """Return jittered copies, the first one exact; all share the same jitter."""
        shape = (1, self._config.robust_samples, *best.shape[2:])
        jitter = self._jitter * torch.randn(shape, generator=generator)
        jitter[:, 0] = 0.0
        copies = self._space.settle(best + jitter)
        allowed = candidates.feasible(copies)[..., None]
        return torch.where(allowed, copies, best)

    def _in_time(
        self, latent: Tensor, copies: Copies, unknowns: Unknowns | None, deadline: Deadline,
    ) -> Iterator[CostBreakdown]:
        """Score all copies of one sequence after the other, about a chunk at once, in time."""
        count, begin = copies.shape[1], 0
        most = max(self._config.chunk // count, 1)
        while begin < len(copies) and deadline.allows(count):
            size = int(min(most, deadline.room // count))
            group = copies[begin : begin + size]
            drawn = None if unknowns is None else unknowns.repeat(len(group), 1, 1)
            deadline.begin()
            yield self._score(latent, group.flatten(0, 1), drawn)
            deadline.worked(group.shape[0] * count)
            begin += size


def _cheapest(
    copies: Copies, parts: Sequence[CostBreakdown], risk: Risk | None = None,
) -> Choice:
    """Return the first copy of the sequence whose copies cost least on the whole."""
    totals = torch.cat([part.total for part in parts]).reshape(-1, copies.shape[1])
    weights = None if risk is None else risk(totals)
    costs = _weighed(totals, weights)
    index = int(costs.nan_to_num(torch.inf).argmin())
    terms = {}
    for name in parts[0].shares:
        share = torch.cat([part.shares[name] for part in parts]).reshape(totals.shape)
        terms[name] = float(_weighed(share, weights)[index])
    return Choice(copies[index, 0], float(costs[index]), terms, totals.numel())


def _weighed(
    values: Float[Tensor, 'top copies'], weights: Float[Tensor, 'top copies'] | None,
) -> Float[Tensor, ' top']:
    """Return the weighted sum over the copies; without weights their mean."""
    if weights is None:
        return values.mean(dim=1)
    # What does not count does not matter, even where it is not finite.
    return torch.where(weights > 0.0, weights * values, 0.0).sum(dim=1)
