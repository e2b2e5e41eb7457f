"""Reads the joints of the arm, whatever else is published on `joint_states`."""

from collections.abc import Callable

import numpy as np
from jaxtyping import Float
from sensor_msgs.msg import JointState

from foresight.data.messages import holds_any, joint_values, measures_speed, seconds
from foresight.nodes.endpoints import subscription
from foresight.nodes.surviving import SurvivingNode
from foresight.robots.joint_speed import JointSpeed

Joints = Float[np.ndarray, ' joint']


class JointReader:
    """Hands over positions [rad], velocities [rad/s] and the stamp [s] of the arm's joints.

    Messages without a joint of the arm, such as those of a gripper, are passed over. Velocities
    that the driver does not measure come from the positions.

    Attributes:
        names: Joints of the arm; nothing is read while there are none.
    """

    def __init__(
        self, node: SurvivingNode, take: Callable[[Joints, Joints, float], object],
    ) -> None:
        """Listen; a RobotError of `take` is logged."""
        self.names: tuple[str, ...] = ()
        self._take, self._speed = take, JointSpeed()
        subscription(node, 'joint_states', self._hear)

    def _hear(self, message: JointState) -> None:
        if not holds_any(message, self.names):
            return
        positions, velocities = joint_values(message, self.names)
        stamp = seconds(message.header.stamp)
        if not measures_speed(message, self.names):
            velocities = self._speed.update(positions, stamp)
        self._take(positions, velocities, stamp)
