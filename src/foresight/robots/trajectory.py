"""A timed path of the joints, as the joint level commands it."""

from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float

from foresight.errors import RobotError


@dataclass(frozen=True)
class JointPath:
    """Joint commands and the tool poses they produce.

    Attributes:
        times: Increasing times from 0 [s].
        positions: Joint positions [rad].
        velocities: Velocity of the step that ends at each position [rad/s]; the first is 0.
        tool: Poses of `tool0` in `base_link` at these positions [m].
    """

    times: Float[np.ndarray, ' time']
    positions: Float[np.ndarray, 'time joint']
    velocities: Float[np.ndarray, 'time joint']
    tool: Float[np.ndarray, 'time 4 4']

    def __post_init__(self) -> None:
        """Refuse arrays of different lengths and positions that are not finite."""
        lengths = {len(self.times), len(self.positions), len(self.velocities), len(self.tool)}
        if len(lengths) != 1:
            raise RobotError('a joint path needs as many positions, velocities, poses as times')
        if not (np.isfinite(self.positions).all() and np.isfinite(self.velocities).all()):
            raise RobotError('a joint path needs finite positions and velocities')

    @property
    def duration(self) -> float:
        """Time from the first to the last command [s]."""
        return float(self.times[-1] - self.times[0])

    def slowed(self, share: float) -> 'JointPath':
        """Return the same path at a share of its speed, in (0, 1]."""
        if share == 1.0:
            return self
        return replace(self, times=self.times / share, velocities=self.velocities * share)

    def sample(
        self, time: float,
    ) -> tuple[Float[np.ndarray, ' joint'], Float[np.ndarray, ' joint']]:
        """Positions and velocities at `time` [s]; linear between commands, held at the ends."""
        if time <= self.times[0]:
            return self.positions[0].copy(), np.zeros_like(self.velocities[0])
        if time >= self.times[-1]:
            return self.positions[-1].copy(), np.zeros_like(self.velocities[-1])
        after = int(np.searchsorted(self.times, time, side='left'))
        before = after - 1
        share = (time - self.times[before]) / (self.times[after] - self.times[before])
        gap = self.positions[after] - self.positions[before]
        return self.positions[before] + share * gap, self.velocities[after].copy()
