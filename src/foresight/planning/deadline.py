"""Wall-clock budget of one decision."""

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
        """Learn from the time since the last call that `candidates` took."""
        now = self._clock()
        self._per_candidate = max(self._per_candidate, (now - self._mark) / candidates)
        self._mark = now

    def allows(self, candidates: int) -> bool:
        """Return True if scoring this many more candidates is expected to end in time."""
        return self.elapsed + candidates * self._per_candidate <= self._seconds


def stopped_clock() -> float:
    """Stand still: with this clock no search is cut, however slow the machine is."""
    return 0.0
