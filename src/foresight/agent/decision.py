"""What came of thinking: a macro-action with its motion, or why there is none."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from foresight.protocols import Plan
from foresight.robots.trajectory import JointPath


@dataclass(frozen=True)
class Decision:
    """What came of thinking.

    Attributes:
        stamp: Stamp of what it is based on [s].
        motion: Joint motion to carry out; None if there is none.
        action: Numbers of the macro-action; None for a motion home.
        plan: Why this macro-action.
        score: What the done test measured; None for a motion home.
        seconds: Wall-clock time of the task level [s].
        motion_seconds: Wall-clock time of the joint level [s].
        error: Why there is no motion; empty if nothing is left to do.
        followed: Whether the macro-action is of an earlier plan.
    """

    stamp: float
    motion: JointPath | None = None
    action: Float[np.ndarray, ' action'] | None = None
    plan: Plan | None = None
    score: float | None = None
    seconds: float = 0.0
    motion_seconds: float = 0.0
    error: str = ''
    followed: bool = False

    @property
    def done(self) -> bool:
        """Whether nothing is left to do."""
        return self.motion is None and not self.error
