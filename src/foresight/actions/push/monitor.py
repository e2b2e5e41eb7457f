"""Knows when an announced push has been carried out: the tool has been low at its end."""

import numpy as np
from jaxtyping import Float

from foresight.actions.push.action import Push

NEAR = 0.02  # distance of the tool from the end of the push that counts as there [m]


class PushMonitor:
    """Follows the tool from where a push is announced to where it ends."""

    def __init__(self, low: float) -> None:
        """Count a tool below `low` [m] as on the table."""
        self._low = low
        self._end: Float[np.ndarray, ' 2'] | None = None

    def announce(self, action: Float[np.ndarray, ' 4']) -> None:
        """Wait for this push and no other."""
        self._end = np.array(Push.from_array(action).end)

    def forget(self) -> None:
        """Wait for none."""
        self._end = None

    def ends(self, tool: Float[np.ndarray, '4 4']) -> bool:
        """Take a tool pose in `base_link`; true once a push."""
        if self._end is None or tool[2, 3] > self._low:
            return False
        if np.linalg.norm(tool[:2, 3] - self._end) > NEAR:
            return False
        self._end = None
        return True
