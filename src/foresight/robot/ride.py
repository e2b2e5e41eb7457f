"""Riding a plan: at the clock's pace, or slowing down on the plan's own path."""

import numpy as np
from jaxtyping import Float

from foresight.robot.plan_window import REST, PlanWindow


class Ride:
    """Where in a plan the arm is, and at what pace it goes on.

    Attributes:
        window: The plan.
        accepted_at: When it arrived [s].
        pace: 1 follows the clock, 0 stands still on the path.
    """

    def __init__(self, window: PlanWindow, now: float) -> None:
        """Start at the clock's pace."""
        self.window = window
        self.accepted_at = now
        self.pace = 1.0
        self._phase = now

    def follow(self, now: float) -> None:
        """Go to where the plan is now."""
        self._phase = now

    def brake(self, elapsed: float, deceleration: float) -> None:
        """Lower the pace so that no joint brakes harder than `deceleration` [rad/s^2]."""
        fastest = float(np.abs(self.window.sample(self._phase)[1]).max())
        before = self.pace
        self.pace = max(0.0, before - deceleration * elapsed / max(fastest, REST))
        self._phase += 0.5 * (before + self.pace) * elapsed

    def target(self) -> tuple[Float[np.ndarray, ' joint'], Float[np.ndarray, ' joint']]:
        """Return the positions [rad] and velocities [rad/s] to command."""
        positions, velocities = self.window.sample(self._phase)
        return positions, velocities * self.pace

    def gap(self, positions: Float[np.ndarray, ' joint'], now: float) -> float:
        """Return how far `positions` are from where the plan is now [rad]."""
        return float(np.abs(self.window.sample(now)[0] - positions).max())

    def is_over(self, positions: Float[np.ndarray, ' joint'], now: float) -> bool:
        """Return whether the plan ended at rest and `positions` are there."""
        ended = self.window.ends_at_rest and self.window.end <= now
        return self.pace == 0.0 or (ended and self.gap(positions, now) < REST)
