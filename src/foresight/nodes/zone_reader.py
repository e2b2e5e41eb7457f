"""Listens to zones that an arm is told to keep out of while it runs."""

from collections.abc import Callable

import numpy as np
from geometry_msgs.msg import PolygonStamped
from jaxtyping import Float
from rclpy.node import Node

from foresight.data.joint_messages import BASE
from foresight.errors import RobotError
from foresight.nodes.endpoints import subscription
from foresight.robots.arm import ArmModel
from foresight.robots.zones import Zone, around

MOST = 32  # zones: each costs the guard time


class ZoneReader:
    """Adds zones to an arm as they come; none is taken away before the next `forget`."""

    def __init__(
        self, node: Node, take: Callable[[str, Zone], object], refuse: Callable[[str], object],
    ) -> None:
        """Listen.

        Args:
            node: Node that listens.
            take: Takes each new zone, by its name, in the frame of the arm's poses.
            refuse: Takes why a zone is of no use.
        """
        self._take, self._refuse = take, refuse
        self._corners: list[Float[np.ndarray, 'corner 3']] = []
        self._arm: ArmModel | None = None
        subscription(node, 'keep_out', self._hear)

    def follow(self, arm: ArmModel) -> None:
        """Tell this arm of the zones that came and of those to come."""
        self._arm = arm
        for index in range(len(self._corners)):
            self._tell(arm, index)

    def forget(self) -> None:
        """Forget arm and zones."""
        self._arm, self._corners = None, []

    def _hear(self, message: PolygonStamped) -> None:
        """Take a message; one that cannot be used is refused, whatever is the matter."""
        corners = np.array([(p.x, p.y, p.z) for p in message.polygon.points]).reshape(-1, 3)
        frame = message.header.frame_id.lstrip('/')
        if any(np.array_equal(corners, known) for known in self._corners):
            return  # several readers hear one message
        try:
            if frame != BASE:
                raise RobotError(f'keep_out is in {frame!r}: give its corners in {BASE}')
            if len(self._corners) == MOST:
                raise RobotError(f'keep_out: there are {MOST} zones already: configure anew')
            around(corners)
        except RobotError as error:
            self._refuse(str(error))
            return
        self._corners.append(corners)
        if self._arm is not None:
            self._tell(self._arm, len(self._corners) - 1)

    def _tell(self, arm: ArmModel, index: int) -> None:
        """Hand a zone over."""
        base = arm.table_from_base
        self._take(
            f'added {index + 1}', around(self._corners[index] @ base[:3, :3].T + base[:3, 3]),
        )
