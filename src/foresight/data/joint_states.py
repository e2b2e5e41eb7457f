"""The joints of one arm out of joint states, whatever else those speak of."""

from typing import Any

import numpy as np
from jaxtyping import Float

from foresight.data.messages import joint_values, seconds
from foresight.robots.joint_speed import JointSpeed

Joints = Float[np.ndarray, ' joint']


class ArmJoints:
    """Reads messages one after the other."""

    def __init__(self, names: tuple[str, ...]) -> None:
        """Read these joints, in this order."""
        self._names, self._speed = names, JointSpeed()

    def read(self, message: Any) -> tuple[Joints, Joints] | None:
        """Return positions [rad] and velocities [rad/s].

        Velocities that the driver does not measure come from the positions. None if the message
        holds none of the joints, such as one of a gripper.

        Raises:
            RobotError: If only some of the joints are in it, or a number is not finite.
        """
        if set(self._names).isdisjoint(message.name):
            return None
        positions, velocities = joint_values(message, self._names)
        speeds = dict(zip(message.name, message.velocity, strict=False))
        measured = all(np.isfinite(speeds.get(name, np.nan)) for name in self._names)
        found = self._speed.update(positions, seconds(message.header.stamp))
        return positions, velocities if measured else found
