"""How an episode went that somebody disturbed."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class DisturbedEpisode:
    """How one episode went.

    Attributes:
        kind: What somebody did; empty if nothing was asked for.
        during: Whether it was to happen while the arm moves.
        success: All that is there is in the bin, none dropped.
        plans: Plans that were searched for.
        followed: Actions that were carried out without planning anew.
        alarms: Times at which surprise rose above the threshold [s].
        disturbed_at: When it happened [s]; None if it did not.
        late: Actions that began between the disturbance and the first alarm after it; all
            that began since if there was none.
        stop: Why the planner stopped by itself; empty if it did not.
        seconds: Simulated robot time [s].
    """

    seed: int
    kind: str
    during: bool
    success: bool
    cleared: int
    dropped: int
    remaining: int
    actions: int
    plans: int
    followed: int
    alarms: tuple[float, ...]
    disturbed_at: float | None
    late: int
    stop: str
    seconds: float

    @property
    def delay(self) -> float | None:
        """Time from the disturbance to the first alarm [s]; None if there was none."""
        if self.disturbed_at is None:
            return None
        return next((t - self.disturbed_at for t in self.alarms if t >= self.disturbed_at), None)

    @property
    def false_alarms(self) -> int:
        """Alarms before anything happened."""
        until = np.inf if self.disturbed_at is None else self.disturbed_at
        return sum(stamp < until for stamp in self.alarms)
