"""A slow arm: commands reach the motors late, and are followed with a lag."""

from collections import deque

import numpy as np
from jaxtyping import Float

Joints = Float[np.ndarray, ' joint']


class Lag:
    """Holds commands back for some ticks and smooths them, as slow drives do.

    When commands stop, the last one is still followed to its end.
    """

    def __init__(self, at: Joints, delay: float, lag: float, period: float) -> None:
        """Start at rest; a delay [s], the time constant of the lag [s], and that of a tick [s]."""
        waiting = (at, np.zeros(len(at)))
        self._queue = deque([waiting] * round(delay / period))
        self._share = period / (lag + period)
        self._last, self._at, self._period = at, at, period

    def __call__(
        self, positions: Joints | None, velocities: Joints | None,
    ) -> tuple[Joints, Joints]:
        """Return what reaches the motors at this tick."""
        still = np.zeros(len(self._at))
        self._last = self._last if positions is None else np.asarray(positions, float)
        self._queue.append((self._last, still if velocities is None else velocities))
        wanted, speed = self._queue.popleft()
        before, self._at = self._at, self._at + self._share * (wanted - self._at)
        moved = (self._at - before) / self._period
        return self._at, np.where(np.abs(wanted - self._at) > 1e-6, moved, speed)
