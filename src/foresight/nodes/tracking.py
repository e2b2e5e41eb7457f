"""Keeps how arm and objects moved, and what decisions were made of, for the film of a run."""

from collections import deque
from dataclasses import dataclass

import numpy as np
from geometry_msgs.msg import PoseArray
from jaxtyping import Float
from rclpy.node import Node
from scipy.spatial.transform import Rotation
from sensor_msgs.msg import Image, JointState

from foresight.data.messages import Pose, joint_values, latent_tensor, pose_array, seconds
from foresight.macro_action import MacroAction
from foresight.nodes.endpoints import subscription
from foresight.nodes.qos import RECORD
from foresight.viz.demo_result import Motion, Thought

APART = 0.04  # s, between two kept positions of the joints
RECENT = 100  # beliefs that a decision may still be made from


class MotionTrack:
    """Hears joints and true object poses; no node that acts may hear those."""

    def __init__(self, node: Node, joints: tuple[str, ...], table_from_base: Pose) -> None:
        """Listen."""
        self._names, self._table_from_base = joints, table_from_base
        self.clear()
        subscription(node, 'joint_states', self._on_joints, RECORD)
        subscription(node, 'ground_truth/poses', self._on_poses, RECORD)

    def clear(self) -> None:
        """Forget the episode."""
        self._joints: list[tuple[float, np.ndarray]] = []
        self._poses: list[tuple[float, np.ndarray]] = []

    def _on_joints(self, message: JointState) -> None:
        stamp = seconds(message.header.stamp)
        if not self._joints or stamp > self._joints[-1][0] + APART:
            self._joints.append((stamp, joint_values(message, self._names)[0]))

    def _on_poses(self, message: PoseArray) -> None:
        numbers = [
            (pose.position.x, pose.position.y, pose.position.z, pose.orientation.x,
             pose.orientation.y, pose.orientation.z, pose.orientation.w)
            for pose in message.poses
        ]
        self._poses.append((seconds(message.header.stamp), np.array(numbers).reshape(-1, 7)))

    def motion(self) -> Motion:
        """Return the motion of the episode, of as many objects as there were at its end."""
        count = len(self._poses[-1][1]) if self._poses else 0
        kept = [(stamp, poses) for stamp, poses in self._poses if len(poses) == count]
        poses = np.array([poses for _, poses in kept]).reshape(-1, count, 7)
        turn, shift = self._table_from_base[:3, :3], self._table_from_base[:3, 3]
        orientations = poses[..., 3:]
        if orientations.size:
            turned = Rotation.from_matrix(turn) * Rotation.from_quat(orientations.reshape(-1, 4))
            orientations = turned.as_quat().reshape(orientations.shape)
        return Motion(
            joint_stamps=np.array([stamp for stamp, _ in self._joints]),
            joints=np.array([joints for _, joints in self._joints]).reshape(-1, len(self._names)),
            object_stamps=np.array([stamp for stamp, _ in kept]),
            positions=poses[..., :3] @ turn.T + shift, orientations=orientations,
        )


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
