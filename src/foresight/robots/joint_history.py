"""The joints of the last moments, for images that arrive later than they were taken."""

from bisect import bisect_left
from collections import deque

import numpy as np
from jaxtyping import Float

SPAN = 2.0  # joints are kept this long [s]


class JointHistory:
    """Joint positions by time."""

    def __init__(self) -> None:
        """Begin with none."""
        self._entries: deque[tuple[float, Float[np.ndarray, ' joint']]] = deque()

    def add(self, positions: Float[np.ndarray, ' joint'], stamp: float) -> None:
        """Keep positions [rad] of time `stamp` [s]; a clock that jumps back begins anew."""
        if self._entries and stamp < self._entries[-1][0]:
            self._entries.clear()
        self._entries.append((stamp, np.array(positions)))
        while self._entries[0][0] < stamp - SPAN:
            self._entries.popleft()

    def at(self, stamp: float) -> Float[np.ndarray, ' joint'] | None:
        """Return the positions [rad] at `stamp` [s], linear between two; None if unknown."""
        stamps = [entry[0] for entry in self._entries]
        if not stamps or not stamps[0] <= stamp <= stamps[-1]:
            return None
        after = bisect_left(stamps, stamp)
        if after == 0:
            return self._entries[0][1]
        (early, before), (late, behind) = self._entries[after - 1], self._entries[after]
        return np.asarray(before + (stamp - early) / (late - early) * (behind - before))
