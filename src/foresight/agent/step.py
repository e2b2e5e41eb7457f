"""What the agent wants at a moment, how it stands, and within which limits."""

from dataclasses import dataclass

from foresight.agent.decision import Decision
from foresight.agent.phase import Phase
from foresight.robots.plan_window import PlanWindow
from foresight.robots.status import Status


@dataclass(frozen=True)
class Limits:
    """How often and how long.

    Attributes:
        max_actions: Macro-actions before an episode is truncated.
        settle_time: Wait after a motion for objects to rest [s].
        patience: Without joints or a view for so long something is wrong [s]; so long, too, an
            arm that is not at its retract pose may take to get there by itself.
        home: An arm this near the retract pose is there [rad]; infinite where what is seen does
            not depend on where the arm is.
        stray: An arm this far from its path does not follow it [rad]; infinite in a dry run.
        pace: Share of the speed at which motions are carried out, in (0, 1].
    """

    max_actions: int
    settle_time: float = 0.0
    patience: float = 2.0
    home: float = 0.05
    stray: float = 0.4
    pace: float = 1.0


@dataclass(frozen=True)
class Step:
    """What the agent wants at a moment, and how it stands.

    Attributes:
        phase: What it is at.
        status: How it stands, in one word.
        reason: Why, in words.
        actions: Macro-actions of this episode; one that the arm could not do counts.
        decision: What was decided at this moment; None at all others.
        window: What to command next; None if nothing moves.
    """

    phase: Phase
    status: Status
    reason: str
    actions: int
    decision: Decision | None = None
    window: PlanWindow | None = None

    @property
    def begins(self) -> bool:
        """Whether the motion of the decision begins now."""
        return self.decision is not None and self.decision.motion is not None

    @property
    def ended(self) -> bool:
        """Whether the episode is over, or none has begun."""
        return self.phase in (Phase.IDLE, Phase.DONE)
