"""A motion through the air between two joint positions, as fast as the joints allow."""

import math
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from foresight.robots.arm import ArmModel
from foresight.robots.joint_level import JointLevelConfig
from foresight.robots.timing import ramp, ramp_duration
from foresight.robots.trajectory import JointPath


@dataclass(frozen=True)
class Travel:
    """All joints move together, from rest to rest; the slowest one sets the time.

    Attributes:
        start: Joint positions at the start [rad].
        goal: Joint positions at the end [rad].
        speed: Share of the way covered per second while no joint ramps [1/s].
        acceleration: Its steepest change [1/s^2].
    """

    start: Float[np.ndarray, ' joint']
    goal: Float[np.ndarray, ' joint']
    speed: float
    acceleration: float

    @classmethod
    def between(
        cls, start: Float[np.ndarray, ' joint'], goal: Float[np.ndarray, ' joint'],
        velocity: Float[np.ndarray, ' joint'], acceleration: Float[np.ndarray, ' joint'],
    ) -> 'Travel':
        """Make a travel that no joint's velocity [rad/s] or acceleration [rad/s^2] limits."""
        way = np.maximum(np.abs(goal - start), 1e-6)
        speed, change = (float((limit / way).min()) for limit in (velocity, acceleration))
        return cls(start, goal, speed, change)

    @property
    def duration(self) -> float:
        """Time of the motion [s]."""
        return ramp_duration(1.0, self.speed, self.acceleration)

    def poses(
        self, arm: ArmModel, times: Float[np.ndarray, ' time'],
    ) -> Float[np.ndarray, 'time 4 4']:
        """Tool poses in `base_link` at times after the start [s]."""
        shares = ramp(times, 0.0, 1.0, self.speed, self.acceleration)
        way = self.goal - self.start
        return np.array([arm.tool_pose(self.start + share * way) for share in shares])

    def path(self, arm: ArmModel, rate: float) -> JointPath:
        """Return the joint commands of the motion, `rate` of them a second [Hz]."""
        times = np.arange(math.ceil(self.duration * rate) + 2) / rate
        shares = ramp(times, 0.0, 1.0, self.speed, self.acceleration)
        positions = self.start + shares[:, None] * (self.goal - self.start)
        velocities = np.diff(positions, axis=0, prepend=positions[:1]) * rate
        return JointPath(times, positions, velocities, self.poses(arm, times))


def limits(
    arm: ArmModel, level: JointLevelConfig, share: float,
) -> tuple[Float[np.ndarray, ' joint'], Float[np.ndarray, ' joint']]:
    """Velocities [rad/s] and accelerations [rad/s^2] at a share of what the joint level may do."""
    velocity = share * level.velocity_scale * arm.velocity_limit
    return velocity, share * level.acceleration_scale * arm.acceleration_limit
