"""Listens to the joints of the arm."""

from collections.abc import Callable

from sensor_msgs.msg import JointState

from foresight.data.joint_messages import ArmJoints, seconds
from foresight.nodes.endpoints import subscription
from foresight.nodes.surviving import SurvivingNode
from foresight.robots.plan_window import Joints
from foresight.robots.robot_file import prefixed


class JointReader:
    """Hands over positions [rad], velocities [rad/s] and the stamp [s] of the arm's joints.

    Attributes:
        names: Joints of the arm; nothing is handed over while there are none.
    """

    def __init__(
        self, node: SurvivingNode, take: Callable[[Joints, Joints, float], object],
    ) -> None:
        """Listen; a RobotError of `take` is logged."""
        self._take = take
        self.follow(())
        subscription(node, 'joint_states', self._hear)

    def follow(self, names: tuple[str, ...], prefix: str = '') -> None:
        """Read these joints from now on; the driver puts a prefix before their names."""
        self.names, self._arm = names, ArmJoints(prefixed(names, prefix))

    def _hear(self, message: JointState) -> None:
        joints = self._arm.read(message)
        if joints is not None:
            self._take(*joints, seconds(message.header.stamp))
