"""Where the arm is measured to be, against where it was told to be."""

from collections import deque

import numpy as np

from foresight.errors import RobotError
from foresight.robots import findings
from foresight.robots.limits import JointLimits
from foresight.robots.plan_window import Joints
from foresight.robots.status import Finding

STILL = 0.02  # measured joints slower than this stand still [rad/s]
JUMP = 0.1  # a joint may be measured so far beyond what its speed explains [rad]


class Measured:
    """The last measured joints and the commands of the last moments.

    Attributes:
        positions: Measured positions [rad]; None before the first ones.
        at: When they were measured [s].
    """

    def __init__(self, limits: JointLimits, ticks: int) -> None:
        """Remember the commands of so many ticks."""
        self.positions: Joints | None = None
        self.at = -np.inf
        self._limits, self._speed = limits, 0.0
        self._told: deque[Joints] = deque(maxlen=ticks)

    @property
    def moving(self) -> bool:
        """Whether the arm is measured to move."""
        return self._speed > STILL

    def take(self, positions: Joints, velocities: Joints, now: float) -> Finding | None:
        """Take measured joints; say if they moved farther than the arm can.

        Raises:
            RobotError: If they are not finite; they are ignored.
        """
        if not (np.isfinite(positions).all() and np.isfinite(velocities).all()):
            raise RobotError('joint states are not finite; check the joint driver')
        before, since = self.positions, max(now - self.at, 0.0)
        self.positions, self.at = np.array(positions, dtype=float), now
        self._speed = float(np.abs(velocities).max())
        if before is None or not np.isfinite(since):
            return None
        beyond = np.abs(self.positions - before) - 2.0 * self._limits.velocity * since
        joint = int(beyond.argmax())
        if beyond[joint] <= JUMP:
            return None
        way = abs(float(self.positions[joint] - before[joint]))
        return findings.jumped(way, self._limits.names[joint])

    def told(self, command: Joints) -> None:
        """Remember a command."""
        self._told.append(command)

    def astray(self, limit: float) -> Finding | None:
        """Say which joint is nowhere near where it was told to be in the last moments."""
        if self.positions is None or not self._told:
            return None
        gaps = np.abs(np.stack(self._told) - self.positions)
        nearest = gaps[int(gaps.max(axis=1).argmin())]
        joint = int(nearest.argmax())
        if nearest[joint] <= limit:
            return None
        return findings.astray(float(nearest[joint]), self._limits.names[joint])
