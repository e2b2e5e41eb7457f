"""Finds the camera in the tree of frames, and tells the others by `camera/pose`."""

import numpy as np
from geometry_msgs.msg import PoseStamped
from rclpy.node import Node

from foresight.data.frames import Frames
from foresight.data.joint_messages import BASE
from foresight.errors import ConfigError, ObservationError
from foresight.nodes.convert import pose_message, quaternion_pose
from foresight.nodes.endpoints import message_class
from foresight.nodes.joint_convert import header
from foresight.nodes.qos import FRAMES, LATCHED
from foresight.world_model.observation.rectification import SAME_POSE


def tell_pose(node: Node, pose: tuple[float, ...]) -> None:
    """Publish where a camera is that was calibrated: place [m], quaternion x, y, z, w."""
    now = node.get_clock().now().nanoseconds * 1e-9
    there = quaternion_pose(np.array(pose[:3]), np.array(pose[3:]))
    poses = node.create_publisher(PoseStamped, 'camera/pose', LATCHED)
    poses.publish(PoseStamped(header=header(now, BASE), pose=there))


class FrameReader:
    """Listens to `/tf` and `/tf_static`, and publishes where the camera is in the arm's base.

    Attributes:
        objection: Why the camera is nowhere; empty if it is found.
    """

    def __init__(self, node: Node, base: str) -> None:
        """Listen.

        Args:
            node: Node that listens.
            base: What the tree calls the base of the arm.

        Raises:
            ConfigError: If the messages of the tree are not installed.
        """
        try:
            kind = message_class('tf2_msgs/msg/TFMessage')
        except ImportError as error:
            raise ConfigError(
                'camera_pose is tf, but tf2_msgs is not installed: install ros-<distro>-tf2-msgs, '
                'or publish camera/pose'
            ) from error
        self.objection = f'nothing came on /tf_static yet: where is the camera in {base}?'
        self._node, self._base, self._frames = node, base, Frames()
        self._camera, self._told = '', np.zeros((4, 4))
        self._poses = node.create_publisher(PoseStamped, 'camera/pose', LATCHED)
        for topic, profile in FRAMES.items():
            fixed = topic == '/tf_static'
            node.create_subscription(
                kind, topic, lambda message, fixed=fixed: self._hear(message, fixed), profile)

    def look_for(self, camera: str) -> None:
        """Find the frame of a camera from now on."""
        if camera != self._camera:
            self._camera = camera
            self._find()

    def _hear(self, message: object, fixed: bool) -> None:
        self._frames.update(message, fixed)
        if self._camera:
            self._find()

    def _find(self) -> None:
        """Publish the pose of the camera where it is new."""
        try:
            pose = self._frames.pose(self._base, self._camera)
        except ObservationError as error:
            self.objection = str(error)
            return
        self.objection = ''
        if np.abs(pose - self._told).max() > SAME_POSE:
            self._told = pose
            now = self._node.get_clock().now().nanoseconds * 1e-9
            self._poses.publish(PoseStamped(header=header(now, BASE), pose=pose_message(pose)))
