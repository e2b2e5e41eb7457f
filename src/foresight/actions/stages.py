"""Stages that skills are composed of: travel, lower, sweep, lift.

Approach and retract are `Travel`s, straight lines of the joints as fast as they allow. The others
are straight lines of the tool on top of them, each with a time law, and may overlap.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from foresight.robots.timing import quintic, quintic_duration, ramp, ramp_duration

Times = Float[np.ndarray, ' time']
Joints = Float[np.ndarray, ' joint']


@dataclass(frozen=True)
class Vertical:
    """Lower or lift the tool, from `start` for `duration` [s]."""

    start: float
    duration: float

    @property
    def end(self) -> float:
        """When it ends [s]."""
        return self.start + self.duration

    def share(self, times: Times) -> Times:
        """Share of the way covered at times [s], from 0 to 1."""
        return quintic(times, self.start, self.duration)


@dataclass(frozen=True)
class Sweep:
    """Move the lowered tool along a straight line on the table.

    Attributes:
        start: When it begins [s].
        length: Way of the tool [m].
        speed: Speed on the way [m/s].
        acceleration: Steepest ramp at both ends [m/s^2].
    """

    start: float
    length: float
    speed: float
    acceleration: float

    @property
    def end(self) -> float:
        """When it ends [s]."""
        return self.start + ramp_duration(self.length, self.speed, self.acceleration)

    def way(self, times: Times) -> Times:
        """Way covered at times [s], in m."""
        return ramp(times, self.start, self.length, self.speed, self.acceleration)


def vertical_duration(
    joints: tuple[Joints, Joints], limits: tuple[Joints, Joints],
    drop: float, speed: float, acceleration: float,
) -> float:
    """Shortest time to lower or lift within the limits of the tool and of the joints [s].

    Args:
        joints: Positions at both ends [rad].
        limits: Velocities [rad/s] and accelerations [rad/s^2] of the joints.
        drop: Way of the tool [m].
        speed: Limit of the tool [m/s].
        acceleration: Limit of the tool [m/s^2].
    """
    ways = zip(np.abs(joints[1] - joints[0]), *limits, strict=True)
    return max(quintic_duration(drop, speed, acceleration), *(
        quintic_duration(way, fastest, steepest) for way, fastest, steepest in ways
    ))
