"""Listens to the camera."""


from geometry_msgs.msg import PoseStamped
from rclpy.node import Node
from sensor_msgs.msg import CameraInfo

from foresight.data.camera import Lens, LensConfig, Picture, renewed, stamped_pose
from foresight.data.messages import IDENTITY
from foresight.nodes.endpoints import subscription
from foresight.protocols import CameraView


class CameraReader:
    """Joins the newest intrinsics and pose, which come on topics of their own.

    Attributes:
        table_from_base: Where the arm's base stands, in whose frame the pose comes.
    """

    def __init__(self, node: Node, config: LensConfig) -> None:
        """Listen."""
        self._rectified = config.is_rectified(node.resolve_topic_name('camera/image_raw'))
        self._info: CameraInfo | None = None
        self._lens: Lens | None = None
        self._pose: PoseStamped | None = None
        self.table_from_base = IDENTITY
        subscription(node, 'camera/camera_info', self._on_info)
        subscription(node, 'camera/pose', self._on_pose)

    @property
    def frame(self) -> str:
        """Frame of the camera; empty before the first camera_info."""
        return '' if self._info is None else str(self._info.header.frame_id).lstrip('/')

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
        self._lens = renewed(self._lens, self._info, self._rectified)
        return self._lens.view(self.table_from_base @ stamped_pose(self._pose))

    def straighten(self, image: Picture) -> Picture:
        """Return what a pinhole camera of the view would have seen.

        Raises:
            ObservationError: If the image has another size than camera_info says.
        """
        return image if self._lens is None else self._lens.straighten(image)

    def _on_info(self, message: CameraInfo) -> None:
        self._info = message

    def _on_pose(self, message: PoseStamped) -> None:
        self._pose = message
