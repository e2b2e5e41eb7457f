"""Cross-entropy method with a mixture of elites, for any model, cost and action."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from foresight.errors import PlanningError
from foresight.planning.action_space import ActionSpace
from foresight.planning.candidates import BlendedSampler, Candidates
from foresight.planning.deadline import Deadline
from foresight.planning.optimizers.mixture import EliteMixture, refit
from foresight.planning.rollout import evaluate, first_of_group, roll_out, share_beginnings
from foresight.planning.settings import OptimiserConfig
from foresight.protocols import (
    ActionSampler,
    Belief,
    Cost,
    CostBreakdown,
    Guardrail,
    Plan,
    Risk,
    StochasticWorldModel,
    WorldModel,
)


@dataclass(frozen=True)
class _Search:
    """Where a search ended."""

    elites: EliteMixture
    iterations: int
    evaluations: int
    truncated: bool


@dataclass(frozen=True)
class _Choice:
    """A chosen action sequence with its expected cost."""

    actions: Tensor
    cost: float
    terms: dict[str, float]
    evaluations: int


class CemPlanner:
    """Plans by sampling, keeping distinct elites and perturbing them.

    The first iteration scores fresh candidates and the shifted last plan; every later one scores
    perturbed elites, cheap ones more often, beside a share of fresh candidates. Elites survive
    until something cheaper replaces them. The best few are scored again under action jitter, and
    the one that is cheapest on average is chosen; with a `risk`, each of these futures also has
    its own value of the model's latent variable, and the risk says how much each future counts.
    Every scored candidate satisfies all
    guardrails; the jittered copies of one may replace it only where they do too.

    References:
        Rubinstein 1999 (the cross-entropy method); Pinneri et al., arXiv:2008.06389 (iCEM:
        elites kept, warm start by one step).
    """

    def __init__(
        self, model: WorldModel, cost: Cost, guardrails: Sequence[Guardrail],
        sampler: ActionSampler, config: OptimiserConfig, space: ActionSpace,
        clock: Callable[[], float] = time.perf_counter, risk: Risk | None = None,
    ) -> None:
        """Hold the parts; nothing runs until `plan`."""
        self._model, self._cost, self._risk = model, cost, risk
        self._guardrails, self._sampler = tuple(guardrails), sampler
        self._config, self._space, self._clock = config, space, clock
        self._noise = torch.tensor(space.noise)
        self._jitter = torch.tensor(space.jitter)
        self._generator = torch.Generator()
        self._warm: Tensor | None = None
        self.reseed(config.seed)

    def reset(self) -> None:
        """Forget the warm start; the random numbers go on, so that a retry is another try."""
        self._warm = None

    def reseed(self, seed: int) -> None:
        """Forget the warm start and restart the random numbers, for a new episode."""
        self.reset()
        self._generator.manual_seed(seed)

    def plan(self, belief: Belief, proposals: ActionSampler | None = None) -> Plan:
        """Choose actions from this belief.

        Args:
            belief: Latent state to plan from.
            proposals: Actions that suit this belief (aimed, reactive policy), mixed among the
                fresh candidates.

        Raises:
            PlanningError: If no candidate satisfies the guardrails, or the model predicts
                nothing finite.
        """
        deadline = Deadline(self._config.deadline, self._clock)
        candidates = self._candidates(proposals)
        with torch.inference_mode():
            search = self._search(belief.latent, candidates, deadline)
            choice, rescored = self._choose(belief.latent, candidates, search.elites, deadline)
            latents = roll_out(self._model, belief.latent, choice.actions[None]).latents[0]
        # Cloned outside inference mode: the caller may do with them what it likes.
        actions = choice.actions.clone()
        self._warm = actions
        return Plan(
            actions=actions, cost=choice.cost, terms=choice.terms, latents=latents.clone(),
            iterations=search.iterations, evaluations=search.evaluations + choice.evaluations,
            seconds=deadline.elapsed, truncated=search.truncated or not rescored,
            elites=search.elites.actions.clone(),
        )

    def _candidates(self, proposals: ActionSampler | None) -> Candidates:
        """Return the source of feasible candidates for one decision."""
        sampler = self._sampler
        if proposals is not None:
            sampler = BlendedSampler(sampler, proposals, self._config.proposal_share)
        return Candidates(sampler, self._guardrails, self._space)

    def _search(self, latent: Tensor, candidates: Candidates, deadline: Deadline) -> _Search:
        """Refine the elites until the iterations or the time are used up."""
        config = self._config
        actions, scale, evaluations = self._first(candidates), 1.0, 0
        elites: EliteMixture | None = None
        for iteration in range(config.iterations):
            if elites is not None:
                if not deadline.allows(self._least + self._kept):
                    return _Search(elites, iteration, evaluations, truncated=True)
                actions = self._refined(elites, candidates, scale)
                scale *= config.noise_decay
            costs = self._costs(latent, actions, deadline)
            elites = self._refit(actions[: len(costs)], costs, elites)
            evaluations += len(costs)
            if len(costs) < len(actions):
                return _Search(elites, iteration + 1, evaluations, truncated=True)
        assert elites is not None
        return _Search(elites, config.iterations, evaluations, truncated=False)

    @property
    def _least(self) -> int:
        """Candidates that are scored at once, and so at least."""
        return min(self._config.chunk, self._config.samples)

    def _costs(
        self, latent: Tensor, actions: Tensor, deadline: Deadline,
    ) -> Float[Tensor, ' scored']:
        """Score candidates chunk by chunk, as many as leave time to re-score the best."""
        costs: list[Tensor] = []
        for part in torch.split(actions, self._config.chunk):
            if costs and not deadline.allows(len(part) + self._kept):
                break
            deadline.begin()
            costs.append(self._evaluate(latent, part).total)
            deadline.worked(len(part))
        return torch.cat(costs)

    def _first(self, candidates: Candidates) -> Tensor:
        """Return fresh sequences, some of them continuing the last plan."""
        config = self._config
        count = config.samples * config.horizon
        fresh = candidates.fresh(count, self._generator)
        actions = fresh.reshape(config.samples, config.horizon, -1)
        if self._warm is None or config.horizon == 1:
            return share_beginnings(actions, config.branches)
        # Copies of the last plan without its first action differ in what is appended.
        shifted = self._warm[1:]
        if bool(candidates.feasible(shifted).all()):
            actions[: config.elites, :-1] = shifted
        return share_beginnings(actions, config.branches)

    def _refined(self, elites: EliteMixture, candidates: Candidates, scale: float) -> Tensor:
        """Return perturbed elites and a share of fresh sequences."""
        config, generator = self._config, self._generator
        count = round(config.uniform_share * config.samples)
        centres = elites.draw(max(config.samples - count, 1), config.temperature, generator)
        centres = centres[first_of_group(len(centres), config.branches ** (config.horizon - 1))]
        moved = candidates.perturb(centres, scale * self._noise, generator)
        if count > 0:
            fresh = candidates.fresh(count * config.horizon, generator)
            moved = torch.cat([moved, fresh.reshape(count, *moved.shape[1:])])
        return share_beginnings(moved, config.branches)

    def _refit(
        self, actions: Tensor, costs: Float[Tensor, ' scored'], elites: EliteMixture | None,
    ) -> EliteMixture:
        """Refit the elites with candidates that were scored."""
        if elites is not None:
            actions = torch.cat([elites.actions, actions])
            costs = torch.cat([elites.costs, costs])
        if not costs.isfinite().any():
            raise PlanningError('no imagined cost is finite: check the belief and the checkpoint')
        return refit(actions, costs, self._config.elites, self._space)

    def _evaluate(
        self, latent: Tensor, actions: Tensor, unknowns: Tensor | None = None,
    ) -> CostBreakdown:
        """Score candidates with this planner's model and cost."""
        config = self._config
        return evaluate(
            self._model, self._cost, latent, actions, config.chunk, unknowns,
            branched=config.branches > 1,
        )

    @property
    def _futures(self) -> int:
        """Futures that the robust re-scoring imagines of each candidate."""
        config = self._config
        return config.robust_samples if self._risk is None else config.risk_samples

    @property
    def _kept(self) -> int:
        """Evaluations for whose time the search leaves room: those of the robust re-scoring."""
        return min(self._config.robust_top, self._config.elites) * self._futures

    def _choose(
        self, latent: Tensor, candidates: Candidates, elites: EliteMixture, deadline: Deadline,
    ) -> tuple[_Choice, bool]:
        """Pick the elite that is cheapest on average under jitter; False if time ran out.

        Where it does, fewer of the best are compared, and in the end the best is taken as it is.
        """
        wanted = min(self._config.robust_top, len(elites.costs))
        count = int(min(wanted, deadline.room // self._futures))
        if count == 0:
            return self._cheapest(latent, elites.actions[:1, None]), wanted == 0
        best = elites.actions[:count, None]  # top 1 horizon action
        copies = self._jittered(best, candidates)  # top copies horizon action
        if self._risk is None:
            return self._cheapest(latent, copies), count == wanted
        futures = copies[:, torch.arange(self._futures) % copies.shape[1]]
        chosen = self._cheapest(latent, futures, self._drawn_unknowns(), self._risk)
        return chosen, count == wanted

    def _drawn_unknowns(self) -> Float[Tensor, 'future horizon unknown'] | None:
        """Draw the latent variable of each future, the same for all candidates."""
        model = self._model
        if not isinstance(model, StochasticWorldModel) or model.unknowns == 0:
            return None
        shape = (self._futures, self._config.horizon, model.unknowns)
        return torch.randn(shape, generator=self._generator)

    def _jittered(
        self, best: Float[Tensor, 'top 1 horizon action'], candidates: Candidates,
    ) -> Float[Tensor, 'top copies horizon action']:
        """Return jittered copies, the first one exact; all share the same jitter."""
        shape = (1, self._config.robust_samples, *best.shape[2:])
        jitter = self._jitter * torch.randn(shape, generator=self._generator)
        jitter[:, 0] = 0.0
        copies = self._space.settle(best + jitter)
        allowed = candidates.feasible(copies)[..., None]
        return torch.where(allowed, copies, best)

    def _cheapest(
        self, latent: Tensor, copies: Float[Tensor, 'top copies horizon action'],
        unknowns: Float[Tensor, 'copies horizon unknown'] | None = None, risk: Risk | None = None,
    ) -> _Choice:
        """Return the first copy of the sequence whose copies cost least on the whole."""
        shape, flat = copies.shape[:2], copies.flatten(0, 1)  # top*copies horizon action
        if unknowns is not None:
            unknowns = unknowns.repeat(len(copies), 1, 1)  # top*copies horizon unknown
        breakdown = self._evaluate(latent, flat, unknowns)
        totals = breakdown.total.reshape(shape)
        weights = None if risk is None else risk(totals)
        costs = _weighed(totals, weights)
        index = int(costs.nan_to_num(torch.inf).argmin())
        terms = {
            name: float(_weighed(share.reshape(shape), weights)[index])
            for name, share in breakdown.shares.items()
        }
        return _Choice(copies[index, 0], float(costs[index]), terms, len(flat))


def _weighed(
    values: Float[Tensor, 'top copies'], weights: Float[Tensor, 'top copies'] | None,
) -> Float[Tensor, ' top']:
    """Return the weighted sum over the copies; without weights their mean."""
    if weights is None:
        return values.mean(dim=1)
    # What does not count does not matter, even where it is not finite.
    return torch.where(weights > 0.0, weights * values, 0.0).sum(dim=1)
