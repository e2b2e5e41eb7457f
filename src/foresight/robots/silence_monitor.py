"""Notices that something which should keep coming has stopped."""


class SilenceMonitor:
    """Remembers when something came last."""

    def __init__(self, limit: float) -> None:
        """Call it silent after `limit` [s]."""
        self._limit, self._heard_at = limit, 0.0

    def hear(self, now: float) -> None:
        """Take note that it came at time `now` [s]."""
        self._heard_at = now

    def is_silent(self, now: float) -> bool:
        """Return whether it has not come for too long; a clock that jumps back begins anew."""
        self._heard_at = min(self._heard_at, now)
        return now - self._heard_at > self._limit
