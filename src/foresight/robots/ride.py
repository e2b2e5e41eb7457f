"""Riding a plan: at the clock's pace, or slowing down on the plan's own path."""

import numpy as np
from jaxtyping import Float

from foresight.robots.plan_window import REST, PlanWindow

COAST = 1.0  # a plan that does not end at rest goes on for this long [s]


class Ride:
    """Where in a plan the arm is, and whether it follows the clock or slows down.

    Attributes:
        window: The plan.
        accepted_at: When it arrived [s].
        braking: Whether the arm slows down to stand still on the path.
    """

    def __init__(self, window: PlanWindow, now: float) -> None:
        """Start at the clock's pace."""
        self.window = window
        self.accepted_at = now
        self.braking = False
        self._phase = now

    def follow(self, now: float) -> Float[np.ndarray, ' joint']:
        """Return where the plan is now [rad]."""
        self._phase = now
        return self.window.sample(now)[0]

    def brake(
        self, positions: Float[np.ndarray, ' joint'], distance: float,
    ) -> Float[np.ndarray, ' joint']:
        """Go on from `positions` along the path until the joints have turned `distance` [rad].

        Only the positions of the plan count here: the velocities that it claims may be wrong.
        """
        self.braking = True
        for time in self._times_ahead():
            corner = self.window.sample(time)[0]
            gap = float(np.abs(corner - positions).max())
            if gap > distance:
                share = distance / gap
                self._phase += share * (time - self._phase)
                return np.asarray(positions + share * (corner - positions))
            positions, distance, self._phase = corner, distance - gap, time
        return positions

    def _times_ahead(self) -> list[float]:
        """Times of the corners of the path that is left, from here on [s]."""
        times = self.window.times
        rest = [] if self.window.ends_at_rest else [max(self._phase, self.window.end) + COAST]
        return [self._phase, *times[times > self._phase].tolist(), *rest]

    def gap(self, positions: Float[np.ndarray, ' joint'], now: float) -> float:
        """Return how far `positions` are from where the plan is now [rad]."""
        return float(np.abs(self.window.sample(now)[0] - positions).max())

    def has_ended(self, positions: Float[np.ndarray, ' joint'], now: float) -> bool:
        """Return whether the plan ended at rest and `positions` are there."""
        ended = self.window.ends_at_rest and self.window.end <= now
        return ended and self.gap(positions, now) < REST
