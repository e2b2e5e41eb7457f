"""The shortest stop of each joint within acceleration and jerk, tick by tick.

All is counted in ticks, as a controller counts it: a velocity is the difference of two commanded
positions over a period, an acceleration that of two velocities, a jerk that of two accelerations.
A stop is a series of accelerations that ends at 0 and takes the velocity to 0. All series that
keep the limits lie between two of them, the lowest and the highest; both keep the limits, and so
does every mixture of the two. The stop is the mixture whose sum takes away the velocity.
"""

import numpy as np
from jaxtyping import Float, Int

from foresight.robots.plan_window import Joints

Series = Float[np.ndarray, 'tick joint']


class Stopping:
    """Stops of joints from any velocity and acceleration within their limits.

    Attributes:
        acceleration: Highest accelerations [rad/s^2].
        slope: Most that an acceleration changes in a tick [rad/s^2].
    """

    def __init__(
        self, velocity: Joints, acceleration: Joints, jerk: Joints, period: float,
    ) -> None:
        """Set the limits [rad/s, rad/s^2, rad/s^3] and the time of a tick [s]."""
        self.acceleration, self.slope, self._period = acceleration, jerk * period, period
        self._jerk = jerk
        # The highest velocity, and what the acceleration adds to it while it fades.
        fastest = velocity + acceleration * (acceleration / jerk + period)
        longest = int(self.ticks(fastest, acceleration).max()) + 2
        self._index = np.arange(1.0, longest + 1.0)[:, None]
        self._left = self._index * self.slope

    def ticks(self, velocity: Joints, acceleration: Joints) -> Int[np.ndarray, ' joint']:
        """Fewest ticks that a stop may take, by the closed form in continuous time."""
        times = stop_time(
            velocity - acceleration * self._period / 2, acceleration, self.acceleration,
            self._jerk,
        )
        ticks = np.ceil(times / self._period - 1e-9).astype(int) - 1
        return np.asarray(np.maximum(ticks, 0))

    def stop(self, velocity: Joints, acceleration: Joints) -> Series:
        """Return the accelerations of the ticks to come, 0 from the end on [rad/s^2].

        The states are those within the limits from which the velocity, with the acceleration
        taken back, stays within its limit too.
        """
        count, wanted = self.ticks(velocity, acceleration), -velocity / self._period
        for _ in range(len(self._index)):
            low, high = self._series(acceleration, count)
            least, most = low.sum(axis=0), high.sum(axis=0)
            slack = 1e-9 * (1.0 + np.abs(wanted))
            short = (wanted < least - slack) | (wanted > most + slack)
            short |= np.abs(acceleration) > (count + 1) * self.slope * (1.0 + 1e-9)
            if not short.any():
                break
            count = count + short
        share = (wanted - least) / np.maximum(most - least, 1e-12)
        return np.asarray(low + np.clip(share, 0.0, 1.0) * (high - low))

    def _series(
        self, acceleration: Joints, count: Int[np.ndarray, ' joint'],
    ) -> tuple[Series, Series]:
        """Return the lowest and the highest series of so many ticks."""
        right = np.maximum(count + 1 - self._index, 0.0) * self.slope
        bound = np.minimum(self.acceleration, right)
        return (np.maximum(acceleration - self._left, -bound),
                np.minimum(acceleration + self._left, bound))


def stop_time(
    velocity: Joints, acceleration: Joints, most: Joints, jerk: Joints,
) -> Joints:
    """Shortest time to rest within an acceleration [rad/s^2] and a jerk [rad/s^3], in seconds.

    The acceleration goes to a peak against the motion, perhaps stays there, and fades.
    """
    after = velocity + acceleration * np.abs(acceleration) / (2.0 * jerk)
    way = np.where(after < 0.0, -1.0, 1.0)
    speed, pull = way * velocity, way * acceleration
    free = np.sqrt(np.maximum(jerk * speed + pull**2 / 2.0, 0.0))
    peak = np.minimum(free, most)
    plateau = np.maximum(speed + pull**2 / (2.0 * jerk) - peak**2 / jerk, 0.0) / most
    return np.asarray((pull + 2.0 * peak) / jerk + plateau)
