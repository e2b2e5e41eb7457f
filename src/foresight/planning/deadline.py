"""Wall-clock budget of one decision."""

import math
from collections.abc import Callable


class Deadline:
    """Says whether the next piece of work still fits, judged by the piece before it."""

    def __init__(self, seconds: float, clock: Callable[[], float]) -> None:
        """Start the clock; `clock` returns seconds."""
        self._clock, self._seconds = clock, seconds
        self._start = self._mark = clock()
        self._per_candidate = 0.0

    @property
    def elapsed(self) -> float:
        """Seconds since the start."""
        return self._clock() - self._start

    def worked(self, candidates: int) -> None:
        """Learn from the time since `begin` that `candidates` took."""
        self._per_candidate = max(
            self._per_candidate, (self._clock() - self._mark) / candidates,
        )

    def begin(self) -> None:
        """Take the time at which scoring begins."""
        self._mark = self._clock()

    @property
    def room(self) -> float:
        """How many more candidates can be scored in time, as far as one can tell; 0 or more."""
        left = max(self._seconds - self.elapsed, 0.0)
        return left / self._per_candidate if self._per_candidate > 0.0 else math.inf

    def allows(self, candidates: int) -> bool:
        """Return True if scoring this many more candidates is expected to end in time."""
        return candidates <= self.room


def stopped_clock() -> float:
    """Stand still: with this clock no search is cut, however slow the machine is."""
    return 0.0
