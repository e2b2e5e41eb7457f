"""What is commanded of the joints, tick by tick: always within limits, always able to stop.

Beside the command stands a whole stop of every joint that keeps all limits. A step is taken only
if a stop within the limits follows it; a joint whose step has none takes the next tick of the
stop that it has. So there is always one more step, whatever is wanted.
"""

import math

import numpy as np
from jaxtyping import Bool

from foresight.robots.limits import JointLimits
from foresight.robots.plan_window import Joints
from foresight.robots.stopping import Series, Stopping

PULL = 0.25  # share of an acceleration that brings a joint back to where it is wanted
EXACT = 1.0 - 1e-6  # share of a limit that is used: positions are rounded
SLACK = 1e-9  # what rounding may add to a position [rad] or a velocity [rad/s]
THERE = 1e-7  # a joint so near is where it is wanted [rad]
DUST = 1e-6  # an acceleration below counts as none [rad/s^2]


class Motion:
    """Commanded positions with the velocities and accelerations that follow from them.

    Attributes:
        positions: Commanded positions [rad].
        velocities: Their change in the last tick over its period [rad/s].
        accelerations: The change of the velocities [rad/s^2].
    """

    def __init__(self, limits: JointLimits, margin: float, speed: float, period: float) -> None:
        """Set the limits; `start` says where the arm is.

        Args:
            limits: Limits of the joints.
            margin: Distance kept from the position limits [rad].
            speed: Share of the velocity limits that is used.
            period: Time of a tick [s].
        """
        self._low, self._high = limits.low + margin, limits.high - margin
        self._speed, self._period = limits.velocity * speed * EXACT, period
        self._stopping = Stopping(
            self._speed, limits.acceleration * EXACT, limits.jerk * EXACT, period,
        )
        self._pull = PULL * self._stopping.acceleration
        quick = limits.jerk / (4.0 * limits.acceleration)  # faster, and jerk makes it swing
        self._gain = np.minimum(1.0 / period, quick)
        self.start(np.zeros(len(limits.names)))

    def start(self, positions: Joints) -> None:
        """Stand still there."""
        self.positions = np.array(positions, dtype=float)
        self.velocities, self.accelerations = (np.zeros_like(self.positions) for _ in range(2))
        self._stop = self._stopping.stop(self.velocities, self.accelerations)
        self._next = np.zeros(len(positions), dtype=int)

    @property
    def speed(self) -> float:
        """Speed of the fastest joint [rad/s]."""
        return float(np.abs(self.velocities).max())

    @property
    def at_rest(self) -> bool:
        """Whether the command stands still."""
        return not (self.velocities.any() or self.accelerations.any())

    def stop_at(self, share: float) -> Joints:
        """Return where the joints are after a share of the ticks of the stop at hand [rad]."""
        speeds = self.velocities + np.cumsum(self._stop, axis=0) * self._period
        moving = np.flatnonzero(np.abs(speeds).max(axis=1) > SLACK)
        ticks = round(share * (moving[-1] + 1)) if len(moving) else 0
        return np.asarray(self.positions + speeds[:ticks].sum(axis=0) * self._period)

    def inside(self, positions: Joints) -> Joints:
        """Return the positions nearest to these that are within the limits [rad]."""
        return np.asarray(np.clip(positions, self._low, self._high))

    def deceleration(self, most: float) -> float:
        """Return how fast the fastest joint may brake with all others in step [rad/s^2]."""
        shares = np.abs(self.velocities) / max(self.speed, 1e-12)
        steep, sudden = (
            float((limit / np.maximum(shares, 1e-9)).min())
            for limit in (self._stopping.acceleration, self._stopping.slope / self._period)
        )
        return min(most, steep, math.sqrt(2.0 * sudden * self.speed))

    def halt(self) -> None:
        """Take one tick of the shortest stop."""
        self._advance(self._stop[0], self._stop[1:])

    def go(self, wanted: Joints, velocity: Joints) -> None:
        """Take one tick toward positions [rad] that move at a velocity [rad/s]."""
        low, high = np.minimum(self._low, self.positions), np.maximum(self._high, self.positions)
        target = np.clip(wanted, low, high)
        gap = target - self.positions - velocity * self._period
        speed = velocity + self._approach(gap)
        speed = np.clip(speed, self._approach(low - self.positions),
                        self._approach(high - self.positions))
        speed = np.clip(speed, -self._speed, self._speed)
        pull = (speed - self.velocities) / self._period
        slope, most = self._stopping.slope, self._stopping.acceleration
        pull = np.clip(pull, self.accelerations - slope, self.accelerations + slope)
        self._take(np.clip(pull, -most, most), low, high)

    def _approach(self, gap: Joints) -> Joints:
        """Return the velocity at which a gap closes without running past its end [rad/s]."""
        way = np.abs(gap)
        near = self._pull / self._gain**2
        far = np.sqrt(2.0 * self._pull * np.maximum(way - near / 2.0, 0.0))
        speed = np.where(way < near, self._gain * way, far)
        return np.asarray(np.sign(gap) * np.where(way < THERE, 0.0, speed))

    def _take(self, pull: Joints, low: Joints, high: Joints) -> None:
        """Take a step where a stop follows it, elsewhere the next tick of the stop at hand."""
        speed = self.velocities + pull * self._period
        stop = self._stopping.stop(speed, pull)
        fine = self._keeps(speed, stop, low, high)
        rest = np.where(fine, stop[:-1], self._stop[1:])
        self._advance(np.where(fine, pull, self._stop[0]), rest)

    def _keeps(
        self, speed: Joints, stop: Series, low: Joints, high: Joints,
    ) -> Bool[np.ndarray, ' joint']:
        """Return which joints keep position and velocity limits in a step and the stop after."""
        speeds = np.concatenate([speed[None], speed + np.cumsum(stop, axis=0) * self._period])
        ways = self.positions + np.cumsum(speeds, axis=0) * self._period
        return np.asarray(
            (np.abs(speeds).max(axis=0) <= self._speed + SLACK) & (np.abs(speeds[-1]) <= SLACK)
            & (ways.max(axis=0) <= high + SLACK) & (ways.min(axis=0) >= low - SLACK)
        )

    def _advance(self, pull: Joints, stop: Series) -> None:
        """Move by one tick; a series that ended leaves the joint at rest."""
        self._stop = np.concatenate([stop, np.zeros((1, len(pull)))])
        ended = ~self._stop.any(axis=0) & (np.abs(self.velocities + pull * self._period) < SLACK)
        self.accelerations = np.where(ended & (np.abs(pull) < DUST), 0.0, pull)
        self.velocities = self.velocities + pull * self._period
        self.velocities[ended] = 0.0
        self.positions = self.positions + self.velocities * self._period
