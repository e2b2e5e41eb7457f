"""A joint path in motion: what the planner sends of it, moment by moment."""

import numpy as np
from jaxtyping import Float

from foresight.robots.plan_window import PlanWindow
from foresight.robots.trajectory import JointPath


class PlanStream:
    """Cuts windows of a joint path that was started at a moment.

    Attributes:
        path: The path.
        start: When it starts [s].
    """

    def __init__(self, path: JointPath, start: float, ahead: float) -> None:
        """Start the path.

        Args:
            path: The path.
            start: When it starts [s].
            ahead: How far a window reaches beyond now [s].
        """
        self.path, self.start, self._ahead = path, start, ahead
        self._times = path.times - path.times[0] + start

    @property
    def end(self) -> float:
        """When it ends [s]."""
        return float(self._times[-1])

    def window(self, now: float) -> PlanWindow:
        """Return what lies between now and the reach of a window; the last point stays."""
        first = int(np.searchsorted(self._times, now, side='right')) - 1
        last = int(np.searchsorted(self._times, now + self._ahead, side='left')) + 1
        part = slice(min(max(first, 0), len(self._times) - 1), max(last, 1))
        velocities = self.path.velocities[part].copy()
        if last >= len(self._times):
            velocities[-1] = 0.0  # a path ends at rest, whatever its last step was
        return PlanWindow(self._times[part], self.path.positions[part], velocities)

    def gap(self, positions: Float[np.ndarray, ' joint'], now: float) -> float:
        """Return how far the arm is from the path [rad]."""
        target, _ = self.path.sample(now - self.start + float(self.path.times[0]))
        return float(np.abs(target - positions).max())
