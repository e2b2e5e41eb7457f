"""How an episode went."""

from dataclasses import dataclass

from foresight.agent.decision import Decision
from foresight.tasks.scene_view import Outcome

FEW = 3  # Objects that need no more actions than `max_actions`.


@dataclass(frozen=True)
class ActionRecord:
    """One macro-action of an episode.

    Attributes:
        action: Its numbers.
        feasible: False if the arm could not do it, so that nothing moved.
        plan_ms: Wall-clock time that choosing took [ms].
        cost: Total cost of the chosen plan.
        terms: Weighted share of each cost term.
        remaining: Objects on the table afterwards; -1 if unknown.
        dropped: Objects dropped so far; -1 if unknown.
    """

    action: tuple[float, ...]
    feasible: bool
    plan_ms: float
    cost: float
    terms: dict[str, float]
    remaining: int = -1
    dropped: int = -1

    @classmethod
    def of(cls, decision: Decision, outcome: Outcome) -> 'ActionRecord':
        """Return what was decided and how the scene stands after it."""
        plan = decision.plan
        assert plan is not None
        return cls(
            tuple(float(value) for value in plan.actions[0]), decision.motion is not None,
            1e3 * decision.seconds, plan.cost, dict(plan.terms), outcome.remaining,
            outcome.dropped,
        )


@dataclass(frozen=True)
class EpisodeResult:
    """How one episode went.

    Attributes:
        seed: Seed of the episode.
        success: All cleared, none dropped, within the allowed actions.
        cleared: Objects in the bin.
        dropped: Objects dropped.
        remaining: Objects left on the table.
        actions: Macro-actions that were tried; one that the arm could not do counts.
        records: What is known of each.
        reason: Why the agent gave up; empty if it did not.
    """

    seed: int
    success: bool
    cleared: int
    dropped: int
    remaining: int
    actions: int
    records: tuple[ActionRecord, ...]
    reason: str = ''


def allowed_actions(most: int, more: int, objects: int) -> int:
    """Return after how many actions an episode with so many objects is truncated."""
    return most + more * max(0, objects - FEW)
