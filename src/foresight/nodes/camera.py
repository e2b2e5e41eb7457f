"""Joins intrinsics and pose of the camera, which come on topics of their own."""

from geometry_msgs.msg import PoseStamped
from rclpy.node import Node
from sensor_msgs.msg import CameraInfo

from foresight.data.messages import camera_view
from foresight.nodes.endpoints import subscription
from foresight.protocols import CameraView


class CameraReader:
    """Keeps the newest intrinsics and pose."""

    def __init__(self, node: Node) -> None:
        """Listen."""
        self._info: CameraInfo | None = None
        self._pose: PoseStamped | None = None
        subscription(node, 'camera/camera_info', self._on_info)
        subscription(node, 'camera/pose', self._on_pose)

    @property
    def missing(self) -> str:
        """What has not come yet, and what helps; empty if all is there."""
        if self._info is None:
            return 'no camera_info yet: publish it beside the image'
        if self._pose is None:
            return 'no camera pose yet: publish camera/pose in base_link, latched'
        return ''

    def view(self) -> CameraView | None:
        """Return the camera; None until all is there.

        Raises:
            ObservationError: If it cannot be used.
        """
        if self._info is None or self._pose is None:
            return None
        return camera_view(self._info, self._pose)

    def _on_info(self, message: CameraInfo) -> None:
        self._info = message

    def _on_pose(self, message: PoseStamped) -> None:
        self._pose = message
