"""Knows since when the arm is out of the camera's view, at its retract pose and still."""

import numpy as np
from jaxtyping import Float

from foresight.errors import RobotError

REACHED = 0.03  # distance from the retract pose that counts as there [rad]
STILL = 0.05  # joints slower than this stand still [rad/s]


class RetractMonitor:
    """Follows the joint states and remembers when the arm was last away.

    Attributes:
        stamp: Time of the newest joint state [s].
    """

    def __init__(self, retract: Float[np.ndarray, ' joint'], delay: float) -> None:
        """Wait for the first joint state.

        Args:
            retract: Retract pose [rad].
            delay: The view counts as free this long after the arm came to rest there [s].
        """
        self.stamp = -np.inf
        self._retract, self._delay = retract, delay
        self._away = -np.inf

    def update(
        self, positions: Float[np.ndarray, ' joint'], velocities: Float[np.ndarray, ' joint'],
        stamp: float,
    ) -> None:
        """Take joint states of time `stamp` [s]; a clock that jumps back begins anew.

        Raises:
            RobotError: If they are not finite; the arm then counts as away.
        """
        there = np.abs(positions - self._retract).max() < REACHED
        still = np.abs(velocities).max() < STILL
        anew = not np.isfinite(self.stamp) or stamp < self.stamp
        self.stamp = stamp
        if anew or not (there and still):
            self._away = stamp  # what was before the first joint state is unknown
        if not (np.isfinite(positions).all() and np.isfinite(velocities).all()):
            raise RobotError('joint states are not finite; check the joint driver')

    def is_clear(self, stamp: float) -> bool:
        """Return whether an image of time `stamp` [s] was taken with the arm out of view."""
        known = self.stamp >= stamp - self._delay
        return bool(known and stamp >= self._away + self._delay)

    def doubt(self, stamp: float) -> str:
        """Say why an image of time `stamp` [s] may show the arm; empty if it does not."""
        if self.is_clear(stamp):
            return ''
        if not np.isfinite(self.stamp):
            return 'no joint states: check the joint driver'
        if self.stamp < stamp - self._delay:
            return (
                f'the image is of {stamp:.3f} s, the newest joint states are of {self.stamp:.3f} '
                's: check the joint driver; if it runs, set the clocks of camera and robot alike'
            )
        return 'the arm may be in the picture: move it to its retract pose'

    def was_away_since(self, stamp: float) -> bool:
        """Return whether the arm has left its retract pose after time `stamp` [s]."""
        return self._away > stamp
