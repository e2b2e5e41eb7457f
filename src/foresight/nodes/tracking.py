"""Keeps how arm and objects moved, and what decisions were made of, for the film of a run."""

import math
import time
from collections import deque
from dataclasses import dataclass

import numpy as np
from geometry_msgs.msg import PoseArray
from jaxtyping import Float
from rclpy.node import Node
from rclpy.serialization import deserialize_message
from scipy.spatial.transform import Rotation
from sensor_msgs.msg import Image, JointState

from foresight.data.joint_messages import joint_values, seconds
from foresight.data.messages import Pose, latent_tensor, pose_array
from foresight.macro_action import MacroAction
from foresight.nodes.endpoints import subscription
from foresight.nodes.qos import RECORD
from foresight.viz.demo_result import Motion, Thought

APART = 0.03  # s of wall-clock time between two kept positions of the joints
RECENT = 100  # beliefs that a decision may still be made from


class MotionTrack:
    """Hears joints and true object poses; no node that acts may hear those.

    They are kept as they come and read when the episode is over: while it runs, every millisecond
    of the processor is for those that act.
    """

    def __init__(self, node: Node, joints: tuple[str, ...], table_from_base: Pose) -> None:
        """Listen."""
        self._names, self._table_from_base = joints, table_from_base
        self.clear()
        subscription(node, 'joint_states', self._on_joints, RECORD, raw=True)
        subscription(node, 'ground_truth/poses', self._on_poses, RECORD, raw=True)

    def clear(self) -> None:
        """Forget the episode."""
        self._joints: list[bytes] = []
        self._poses: list[bytes] = []
        self._heard = -math.inf

    def _on_joints(self, message: bytes) -> None:
        now = time.monotonic()
        if now > self._heard + APART:
            self._heard = now
            self._joints.append(message)

    def _on_poses(self, message: bytes) -> None:
        self._poses.append(message)

    def motion(self) -> Motion:
        """Return the motion of the episode, of as many objects as there were at its end."""
        moved = [_joints_of(message, self._names) for message in self._joints]
        seen = [_poses_of(message) for message in self._poses]
        count = len(seen[-1][1]) if seen else 0
        kept = [(stamp, poses) for stamp, poses in seen if len(poses) == count]
        poses = np.array([poses for _, poses in kept]).reshape(-1, count, 7)
        turn, shift = self._table_from_base[:3, :3], self._table_from_base[:3, 3]
        orientations = poses[..., 3:]
        if orientations.size:
            turned = Rotation.from_matrix(turn) * Rotation.from_quat(orientations.reshape(-1, 4))
            orientations = turned.as_quat().reshape(orientations.shape)
        return Motion(
            joint_stamps=np.array([stamp for stamp, _ in moved]),
            joints=np.array([joints for _, joints in moved]).reshape(-1, len(self._names)),
            object_stamps=np.array([stamp for stamp, _ in kept]),
            positions=poses[..., :3] @ turn.T + shift, orientations=orientations,
        )


def _joints_of(message: bytes, names: tuple[str, ...]) -> tuple[float, np.ndarray]:
    """Return stamp and joint positions [rad] of a message as it was sent."""
    states = deserialize_message(message, JointState)
    return seconds(states.header.stamp), joint_values(states, names)[0]


def _poses_of(message: bytes) -> tuple[float, Float[np.ndarray, 'object 7']]:
    """Return stamp, and position [m] and quaternion of each object, of a message as sent."""
    array = deserialize_message(message, PoseArray)
    numbers = [
        (pose.position.x, pose.position.y, pose.position.z, pose.orientation.x,
         pose.orientation.y, pose.orientation.z, pose.orientation.w)
        for pose in array.poses
    ]
    return seconds(array.header.stamp), np.array(numbers).reshape(-1, 7)


@dataclass(frozen=True)
class _Decided:
    """A belief, and the poses of the best actions that were imagined from it."""

    belief: Image
    poses: PoseArray


class ThoughtTrack:
    """Hears beliefs and the best candidates of each decision."""

    def __init__(self, node: Node, table_from_base: Pose) -> None:
        """Listen to the candidates; somebody hands the beliefs over."""
        self._table_from_base = table_from_base
        self._beliefs: deque[Image] = deque(maxlen=RECENT)
        self.clear()
        subscription(node, 'planner/candidates', self._on_candidates, RECORD)

    def clear(self) -> None:
        """Forget the episode."""
        self._decided: dict[str, _Decided] = {}

    def on_belief(self, message: Image) -> None:
        """Keep it for a while."""
        self._beliefs.append(message)

    def _on_candidates(self, message: PoseArray) -> None:
        for belief in self._beliefs:
            if belief.header.stamp == message.header.stamp:
                key = f'{seconds(message.header.stamp):.3f}'
                self._decided[key] = _Decided(belief, message)

    def thought(
        self, key: str, action: MacroAction, chosen: Float[np.ndarray, ' action'], imagined: int,
    ) -> Thought | None:
        """Return what a decision was made of; None if a message was lost.

        Args:
            key: Its stamp, as the planner says it.
            action: Kind of the candidates.
            chosen: The action that was chosen.
            imagined: How many were imagined.
        """
        decided = self._decided.get(key)
        if decided is None:
            return None
        poses = np.array([pose_array(pose) for pose in decided.poses.poses]).reshape(-1, 4, 4)
        each = (self._table_from_base @ poses).reshape(-1, len(action.poses(chosen)), 4, 4)
        return Thought(
            belief=latent_tensor(decided.belief).numpy(), imagined=imagined,
            candidates=np.array([action.from_poses(pair) for pair in each]).reshape(
                -1, len(chosen)),
        )
