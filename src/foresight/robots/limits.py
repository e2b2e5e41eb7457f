"""What the joints of an arm may do: positions, velocities, accelerations, jerks."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from foresight.errors import RobotError
from foresight.robots.arm import ArmModel

_REMEDIES = {
    'velocity': ('rad/s', '<limit velocity="..."/> above 0 in the URDF'),
    'acceleration': ('rad/s^2', 'acceleration in its robot.yaml'),
    'jerk': ('rad/s^3', 'jerk in its robot.yaml'),
}


@dataclass(frozen=True)
class JointLimits:
    """Joint names and limits, in the order of the commands.

    Attributes:
        names: Joint names.
        low: Lowest positions [rad].
        high: Highest positions [rad].
        velocity: Highest speeds [rad/s].
        acceleration: Highest accelerations [rad/s^2].
        jerk: Highest changes of acceleration [rad/s^3].
    """

    names: tuple[str, ...]
    low: Float[np.ndarray, ' joint']
    high: Float[np.ndarray, ' joint']
    velocity: Float[np.ndarray, ' joint']
    acceleration: Float[np.ndarray, ' joint']
    jerk: Float[np.ndarray, ' joint']

    def __post_init__(self) -> None:
        """Refuse joints whose motion has no bound that can be kept."""
        for key, (unit, remedy) in _REMEDIES.items():
            for name, value in zip(self.names, getattr(self, key), strict=True):
                if not 0.0 < value < np.inf:
                    raise RobotError(f'{name} has a limit of {key} of {value:g} {unit}: '
                                     f'give the joint its {remedy}')
        for name, low, high in zip(self.names, self.low, self.high, strict=True):
            if not -np.inf < low < high < np.inf:
                raise RobotError(f'{name} has limits from {low:g} to {high:g} rad: give the joint '
                                 'its <limit lower="..." upper="..."/> in the URDF')

    @classmethod
    def of(cls, arm: ArmModel, share: float = 1.0) -> 'JointLimits':
        """Return the limits of an arm, at a share of its velocities: it stops as well as ever."""
        return cls(arm.joint_names, arm.position_low, arm.position_high,
                   share * arm.velocity_limit, arm.acceleration_limit, arm.jerk_limit)
