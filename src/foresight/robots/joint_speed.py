"""Speeds of joints whose driver does not measure them, from the positions."""

from collections import deque

import numpy as np
from jaxtyping import Float

SPAN = 0.1  # a speed is the mean over so long: shorter, and rounded positions look like motion [s]


class JointSpeed:
    """Keeps up with joint positions and tells how fast they change."""

    def __init__(self) -> None:
        """Begin with none."""
        self._entries: deque[tuple[float, Float[np.ndarray, ' joint']]] = deque()

    def update(
        self, positions: Float[np.ndarray, ' joint'], stamp: float,
    ) -> Float[np.ndarray, ' joint']:
        """Take positions [rad] of time `stamp` [s] and return the speeds [rad/s].

        The first positions, also after a clock that jumps back, count as standing still.
        """
        if self._entries and stamp < self._entries[-1][0]:
            self._entries.clear()
        if self._entries and stamp == self._entries[-1][0]:
            self._entries.pop()
        self._entries.append((stamp, positions))
        while len(self._entries) > 2 and self._entries[1][0] <= stamp - SPAN:
            self._entries.popleft()
        since, before = self._entries[0]
        if stamp == since:
            return np.zeros_like(positions)
        return np.asarray((positions - before) / (stamp - since))
