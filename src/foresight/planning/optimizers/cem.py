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
from foresight.planning.optimizers.rescoring import Rescoring
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
    WorldModel,
)


@dataclass(frozen=True)
class _Search:
    """Where a search ended."""

    elites: EliteMixture
    iterations: int
    evaluations: int
    truncated: bool


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
        self._model, self._cost = model, cost
        self._guardrails, self._sampler = tuple(guardrails), sampler
        self._config, self._space, self._clock = config, space, clock
        self._noise = torch.tensor(space.noise)
        self._rescoring = Rescoring(self._evaluate, model, space, config, risk)
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
            choice, rescored = self._rescoring.choose(
                belief.latent, candidates, search.elites, deadline, self._generator,
            )
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
                if not deadline.allows(self._least + self._rescoring.evaluations):
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
            if costs and not deadline.allows(len(part) + self._rescoring.evaluations):
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
