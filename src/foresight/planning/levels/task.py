"""The task level: from a belief to the next macro-action, or to the word that all is done."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from jaxtyping import Float
from torch import Tensor, inference_mode

from foresight.protocols import ActionSampler, Belief, CostTerm, Plan, Planner


@dataclass(frozen=True)
class DoneTest:
    """When the task counts as done.

    Attributes:
        term: What is measured on the latent at hand.
        below: The task is done when the term scores less than this, in the term's unit.
    """

    term: CostTerm
    below: float


@dataclass(frozen=True)
class TaskDecision:
    """What the task level decided.

    Attributes:
        plan: What to do next; None when the task is done.
        score: What the done test measured, in the unit of its term.
    """

    plan: Plan | None
    score: float

    @property
    def done(self) -> bool:
        """Return True if nothing is left to do."""
        return self.plan is None


Aim = Callable[[Float[Tensor, '*latent']], ActionSampler]
"""Makes a sampler of actions that suit a latent."""


class TaskLevel:
    """Decides one macro-action at a time; evaluation and the planner node both call it."""

    def __init__(self, planner: Planner, done: DoneTest, aim: Aim | None = None) -> None:
        """Hold the parts.

        Args:
            planner: Optimiser over macro-actions.
            done: When to stop.
            aim: Proposes actions for the latent at hand; without it only the planner's own
                sampler does.
        """
        self._planner, self._done, self._aim = planner, done, aim

    def decide(self, belief: Belief) -> TaskDecision:
        """Choose the next macro-action, unless the task is done.

        Raises:
            PlanningError: If no candidate satisfies the guardrails.
        """
        score = self._score(belief)
        if score < self._done.below:
            return TaskDecision(None, score)
        proposals = self._aim(belief.latent) if self._aim is not None else None
        return TaskDecision(self._planner.plan(belief, proposals), score)

    def follow(self, belief: Belief, plan: Plan) -> TaskDecision:
        """Go on with the rest of a plan whose first action is done, unless the task is done."""
        score = self._score(belief)
        return TaskDecision(None if score < self._done.below else rest_of(plan), score)

    def _score(self, belief: Belief) -> float:
        """Measure how far the task is from done."""
        with inference_mode():
            return float(self._done.term.score(belief.latent[None])[0])

    def reset(self, seed: int) -> None:
        """Begin an episode: forget the last plan and restart the random numbers."""
        self._planner.reseed(seed)

    def drop_warm_start(self) -> None:
        """Forget the last plan: the world is not as imagined."""
        self._planner.reset()


def rest_of(plan: Plan) -> Plan:
    """Return a plan without its first action; nothing is searched for it.

    Raises:
        ValueError: If the plan has no second action.
    """
    if len(plan.actions) < 2:
        raise ValueError('the plan has one action: there is nothing to go on with')
    return replace(
        plan, actions=plan.actions[1:], latents=plan.latents[1:], iterations=0, evaluations=0,
        seconds=0.0, truncated=False, elites=None,
    )
