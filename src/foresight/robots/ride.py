"""Riding a plan: at the clock's pace, or slowing down on the plan's own path."""

from enum import Enum

import numpy as np

from foresight.robots.plan_window import Joints, PlanWindow

COAST = 1.0  # a plan that does not end at rest goes on for this long [s]
CATCH_UP, HURRY = 2.0, 0.1  # change of pace per second of lag [1/s], and the most of it


class Pace(Enum):
    """How fast a plan is ridden.

    Attributes:
        CLOCK: As the clock says.
        BRAKES: Slower and slower, to stand still on the path.
        RESUMES: Faster and faster, still on the path, until it is as the clock says.
    """

    CLOCK = 'clock'
    BRAKES = 'brakes'
    RESUMES = 'resumes'


class Ride:
    """Where in a plan the arm is, and whether it follows the clock or slows down.

    Attributes:
        window: The plan.
        accepted_at: When it arrived [s].
        pace: How fast it is ridden.
        phase: Where in the plan the arm is [s].
    """

    def __init__(self, window: PlanWindow, now: float, before: 'Ride | None' = None) -> None:
        """Start at the clock's pace, or where in the plan the ride `before` this one has come."""
        self.window, self.phase, self.accepted_at = window, now, now
        self.pace = Pace.CLOCK
        if before is None:
            return
        if before.window.leads_to(window):
            self.window, self.phase = before.window.joined(window, before.phase), before.phase
            self.pace = before.pace if before.pace is Pace.CLOCK else Pace.RESUMES
        elif before.pace is not Pace.BRAKES:
            self.phase = max(before.phase, min(now, float(window.times[0])))

    def follow(self, now: float, period: float) -> tuple[Joints, Joints]:
        """Go on by one tick and return where the plan is then [rad] and how fast [rad/s].

        However late a tick is, the plan goes on by one period; it then catches up little by
        little, so that the pace of the ticks does not shake the arm and it can brake as planned.
        """
        before = self.window.sample(self.phase)[0]
        lag = now - self.phase - period
        self.phase += period * (1.0 + min(max(CATCH_UP * lag, -HURRY), HURRY))
        wanted = self.window.sample(self.phase)[0]
        return wanted, (wanted - before) / period

    def resume(
        self, now: float, period: float, positions: Joints, distance: float,
    ) -> tuple[Joints, Joints]:
        """Go on by one tick along the path, no farther than `distance` [rad] from `positions`."""
        phase = self.phase
        wanted, velocity = self.follow(now, period)
        if np.abs(wanted - positions).max() > distance:
            self.phase = phase
            wanted = self._along(positions, distance)
            return wanted, (wanted - positions) / period
        self.pace = Pace.CLOCK
        return wanted, velocity

    def brake(self, positions: Joints, distance: float) -> Joints:
        """Go on from `positions` along the path until the joints have turned `distance` [rad].

        Only the positions of the plan count here: the velocities that it claims may be wrong.
        """
        self.pace = Pace.BRAKES
        return self._along(positions, distance)

    def _along(self, positions: Joints, distance: float) -> Joints:
        """Return what lies `distance` [rad] along the path from `positions`, and be there."""
        for time in self._times_ahead():
            corner = self.window.sample(time)[0]
            gap = float(np.abs(corner - positions).max())
            if gap > distance:
                share = distance / gap
                self.phase += share * (time - self.phase)
                return np.asarray(positions + share * (corner - positions))
            positions, distance, self.phase = corner, distance - gap, time
        return positions

    def _times_ahead(self) -> list[float]:
        """Times of the corners of the path that is left, from here on [s]."""
        times = self.window.times
        rest = [] if self.window.ends_at_rest else [max(self.phase, self.window.end) + COAST]
        return [self.phase, *times[times > self.phase].tolist(), *rest]

    def gap(self, positions: Joints, now: float) -> float:
        """Return how far `positions` are from where the plan is now [rad]."""
        return float(np.abs(self.window.sample(now)[0] - positions).max())

    def is_over(self, now: float) -> bool:
        """Return whether the plan ended at rest; the arm may still be on its way there."""
        return self.window.ends_at_rest and self.window.end <= now
