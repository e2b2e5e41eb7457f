"""A stretch of joint motion with absolute times: what the planner streams and the guard rides."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from foresight.errors import RobotError

Joints = Float[np.ndarray, ' joint']
"""One number a joint."""
REST = 1e-3  # a joint slower than this stands still [rad/s]
SAME = 1e-3  # so near to one another two plans are one [rad]


@dataclass(frozen=True)
class PlanWindow:
    """Joint positions at absolute times; before it starts and after it ends it can be sampled too.

    Attributes:
        times: Increasing times [s], shape (step,).
        positions: Joint positions [rad], shape (step, joint).
        velocities: Joint velocities [rad/s], shape (step, joint).
    """

    times: Float[np.ndarray, ' step']
    positions: Float[np.ndarray, 'step joint']
    velocities: Float[np.ndarray, 'step joint']

    def __post_init__(self) -> None:
        """Refuse what cannot be ridden."""
        if not len(self.times):
            raise RobotError('the plan is empty; publish at least one point')
        if self.positions.shape != self.velocities.shape or len(self.positions) != len(self.times):
            raise RobotError('the plan needs one position and one velocity a joint at every point')
        if not all(np.isfinite(a).all() for a in (self.times, self.positions, self.velocities)):
            raise RobotError('the plan is not finite; restart the planner that sent it')
        if np.any(np.diff(self.times) <= 0.0):
            raise RobotError('the times of the plan must increase')

    @property
    def end(self) -> float:
        """Time of the last point [s]."""
        return float(self.times[-1])

    @property
    def ends_at_rest(self) -> bool:
        """Whether the arm stands still at the last point."""
        return bool(np.abs(self.velocities[-1]).max() < REST)

    def sample(
        self, time: float
    ) -> tuple[Float[np.ndarray, ' joint'], Float[np.ndarray, ' joint']]:
        """Return positions [rad] and velocities [rad/s] at `time` [s].

        Before the first point the arm waits there; after the last it keeps its last velocity.
        """
        if time < self.times[0]:
            return self.positions[0], np.zeros_like(self.velocities[0])
        if time >= self.end:
            last = self.velocities[-1] * (0.0 if self.ends_at_rest else 1.0)
            return self.positions[-1] + last * (time - self.end), last
        upper = int(np.searchsorted(self.times, time, side='right'))
        share = (time - self.times[upper - 1]) / (self.times[upper] - self.times[upper - 1])
        return (
            (1.0 - share) * self.positions[upper - 1] + share * self.positions[upper],
            (1.0 - share) * self.velocities[upper - 1] + share * self.velocities[upper],
        )

    def leads_to(self, later: 'PlanWindow') -> bool:
        """Return whether a later window begins within this one, and on it."""
        begin = float(later.times[0])
        if not self.times[0] <= begin <= self.end:
            return False
        return bool(np.abs(self.sample(begin)[0] - later.positions[0]).max() <= SAME)

    def joined(self, later: 'PlanWindow', since: float) -> 'PlanWindow':
        """Return what this window says from `since` [s] on, and then what a later one says."""
        first = max(int(np.searchsorted(self.times, since, side='right')) - 1, 0)
        part = slice(first, int(np.searchsorted(self.times, later.times[0], side='left')))
        return PlanWindow(
            np.concatenate([self.times[part], later.times]),
            np.concatenate([self.positions[part], later.positions]),
            np.concatenate([self.velocities[part], later.velocities]),
        )
