"""Read a rosbag2 bag without a ROS installation: what the camera saw and what the robot did."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float, Int, UInt8
from rosbags.rosbag2 import Reader
from rosbags.rosbag2.errors import ReaderError
from rosbags.serde import SerdeError
from rosbags.typesys import Stores, get_typestore

from foresight.data.episodes import Rectify
from foresight.data.messages import (
    IDENTITY,
    ArmJoints,
    Pose,
    camera_view,
    image_array,
    path_poses,
    seconds,
)
from foresight.errors import DatasetError, ObservationError, RobotError
from foresight.macro_action import ActionConfig
from foresight.protocols import CameraView
from foresight.world_model.observation.rectification import same_view

IMAGE, INFO, POSE = 'camera/image_raw', 'camera/camera_info', 'camera/pose'
JOINTS, ACTION, KIND = 'joint_states', 'macro_action', 'macro_action/kind'
EMPTY, STOP = 'image_background', 'e_stop'
TYPES = {
    IMAGE: 'sensor_msgs/msg/Image', INFO: 'sensor_msgs/msg/CameraInfo',
    POSE: 'geometry_msgs/msg/PoseStamped', JOINTS: 'sensor_msgs/msg/JointState',
    ACTION: 'nav_msgs/msg/Path', KIND: 'std_msgs/msg/String',
    EMPTY: 'sensor_msgs/msg/Image', STOP: 'std_msgs/msg/Bool',
}
"""What is read, by relative name; `nodes/topics.py` has the same."""
NEEDED = (IMAGE, INFO, POSE)
FAILURES = (ReaderError, SerdeError, OSError, ValueError, KeyError, IndexError, AssertionError)
EARLY, TWICE = 'image before camera_info or camera/pose', 'image that came twice'


@dataclass(frozen=True)
class Joints:
    """Measured joints in the order of the robot: when [s], where [rad], how fast [rad/s]."""

    stamps: Float[np.ndarray, ' state']
    positions: Float[np.ndarray, 'state joint']
    velocities: Float[np.ndarray, 'state joint']


@dataclass(frozen=True)
class Recording:
    """One bag, by the stamps in its messages.

    Attributes:
        name: Folder of the bag.
        stamps: Time of each image [s].
        views: Camera of each image.
        empty: Which of `empties` belongs to each image.
        empties: Rectified images of the empty table; none if the bag has none.
        joints: Measured joints; None if the bag has none.
        action_stamps: Time of the image that each action was chosen from [s].
        actions: Tool poses in `base_link` that tell each action.
        stopped: Times at which an e-stop was set [s].
        left_out: Images that could not be used, by reason.
    """

    name: Path
    stamps: Float[np.ndarray, ' image']
    images: UInt8[np.ndarray, 'image row col 3']
    views: tuple[CameraView, ...]
    empty: Int[np.ndarray, ' image']
    empties: tuple[UInt8[np.ndarray, 'row col 3'], ...]
    joints: Joints | None
    kind: str
    action_stamps: Float[np.ndarray, ' action']
    actions: tuple[Float[np.ndarray, 'pose 4 4'], ...]
    stopped: Float[np.ndarray, ' stop']
    left_out: Counter[str]

    @property
    def seconds(self) -> float:
        """Time from the first image to the last [s]."""
        return float(self.stamps[-1] - self.stamps[0])


def read_bag(
    bag: Path, rectify: Rectify, joint_names: tuple[str, ...], table_from_base: Pose = IDENTITY,
) -> Recording:
    """Read one bag; joints other than those of the arm are left out, poses are the table's.

    Raises:
        DatasetError: If the bag is cut off or no bag, lacks a topic, mixes image sizes, or its
            time jumps back. The message names bag and topic.
    """
    reading = _Reading(bag, rectify, joint_names, table_from_base)
    for topic, message in _messages(bag):
        reading.take(topic, message)
    return reading.finished()


class _Reading:
    """What has been read of a bag so far, in the order in which it was recorded."""

    def __init__(
        self, bag: Path, rectify: Rectify, joint_names: tuple[str, ...], table_from_base: Pose,
    ) -> None:
        self._table_from_base = table_from_base
        self._bag, self._rectify, self._arm = bag, rectify, ArmJoints(joint_names)
        self._newest: dict[str, Any] = {}
        self._size: tuple[int, int] | None = None
        self._now = -np.inf
        self._stamps: list[float] = []
        self._images: list[np.ndarray] = []
        self._views: list[CameraView] = []
        self._empty: list[int] = []
        self._empties: list[np.ndarray] = []
        self._joints: list[tuple[float, np.ndarray, np.ndarray]] = []
        self._actions: dict[float, np.ndarray] = {}
        self._stopped: list[float] = []
        self._left_out: Counter[str] = Counter()
        self._handlers: dict[str, Callable[[Any], None]] = {
            IMAGE: self._on_image, JOINTS: self._on_joints, ACTION: self._on_action,
            EMPTY: self._on_empty, STOP: self._on_stop,
        }

    def take(self, topic: str, message: Any) -> None:
        """Take one message."""
        self._newest[topic] = message
        try:
            if topic in self._handlers:
                self._handlers[topic](message)
        except (ObservationError, RobotError) as error:
            raise DatasetError(f'{self._bag}: {topic}: {error}') from error

    def finished(self) -> Recording:
        """Put everything together."""
        if not self._images:
            raise DatasetError(
                f'{self._bag}: no image of {IMAGE} can be used: record {INFO} and {POSE} '
                '(latched) beside it'
            )
        actions, kind = sorted(self._actions.items()), self._newest.get(KIND)
        columns = [np.array(column) for column in zip(*self._joints, strict=True)]
        return Recording(
            name=self._bag, stamps=np.array(self._stamps), images=np.stack(self._images),
            views=tuple(self._views), empty=np.maximum(np.array(self._empty), 0),
            empties=tuple(self._empties), joints=Joints(*columns) if columns else None,
            kind=str(kind.data) if kind else ActionConfig().kind,
            action_stamps=np.array([stamp for stamp, _ in actions]),
            actions=tuple(poses for _, poses in actions),
            stopped=np.array(self._stopped), left_out=self._left_out,
        )

    def _on_image(self, message: Any) -> None:
        """Rectify an image with the newest camera."""
        stamp, size = seconds(message.header.stamp), (message.height, message.width)
        self._size = self._size or size
        if size != self._size:
            raise DatasetError(
                f'{self._bag}: {IMAGE} has images of {self._size[1]} x {self._size[0]} and of '
                f'{size[1]} x {size[0]} pixels: record one camera at one size a bag'
            )
        if self._stamps and stamp <= self._stamps[-1]:
            self._refuse_past(IMAGE, stamp, self._stamps[-1])
            self._left_out[TWICE] += 1
            return
        if INFO not in self._newest or POSE not in self._newest:
            self._left_out[EARLY] += 1
            return
        view = camera_view(self._newest[INFO], self._newest[POSE], self._table_from_base)
        if self._views and same_view(view, self._views[-1]):
            view = self._views[-1]  # one object a camera
        self._images.append(self._rectify(image_array(message), view))
        self._stamps.append(stamp)
        self._views.append(view)
        self._empty.append(len(self._empties) - 1)
        self._now = max(self._now, stamp)

    def _on_empty(self, message: Any) -> None:
        """Keep the rectified empty table, unless it is the one that is known."""
        image = image_array(message)
        if self._images and image.shape != self._images[0].shape:
            raise DatasetError(
                f'{self._bag}: {EMPTY} is {image.shape[1]} x {image.shape[0]}, this world model '
                f'needs {self._images[0].shape[1]} x {self._images[0].shape[0]}: give the empty '
                'table by --background'
            )
        if not self._empties or not np.array_equal(image, self._empties[-1]):
            self._empties.append(image)

    def _on_joints(self, message: Any) -> None:
        """Keep the joints of the arm."""
        stamp = seconds(message.header.stamp)
        if self._joints and stamp <= self._joints[-1][0]:
            self._refuse_past(JOINTS, stamp, self._joints[-1][0])
            return
        joints = self._arm.read(message)
        if joints is not None:
            self._joints.append((stamp, *joints))
        self._now = max(self._now, stamp)

    def _on_action(self, message: Any) -> None:
        poses = self._table_from_base @ path_poses(message)
        self._actions[seconds(message.header.stamp)] = poses

    def _on_stop(self, message: Any) -> None:
        """Note an e-stop at the newest stamp: it has none of its own."""
        if message.data and np.isfinite(self._now):
            self._stopped.append(self._now)

    def _refuse_past(self, topic: str, stamp: float, last: float) -> None:
        if stamp < last - 1.0:
            raise DatasetError(
                f'{self._bag}: the time of {topic} jumps back from {last:.2f} s to {stamp:.2f} s: '
                'record one run of the clock a bag'
            )


def _messages(bag: Path) -> Iterator[tuple[str, Any]]:
    """Decode the messages of the topics in `TYPES`, as (relative name, message)."""
    types = get_typestore(Stores.ROS2_KILTED)
    try:
        with Reader(bag) as reader:
            known = _topics(bag, {item.topic: item.msgtype for item in reader.connections})
            chosen = [item for item in reader.connections if item.topic in known]
            for connection, _, data in reader.messages(chosen):
                message = types.deserialize_cdr(data, connection.msgtype)
                yield known[connection.topic], message
    except FAILURES as error:
        raise DatasetError(
            f'{bag} is cut off, damaged or no bag ({error}): leave it out, or repair it with '
            '`ros2 bag reindex` or `mcap recover`'
        ) from error


def _topics(bag: Path, offered: dict[str, str]) -> dict[str, str]:
    """Find the one topic of each name, whatever namespace it has."""
    found = {}
    for name, kind in TYPES.items():
        topics = [topic for topic in offered if f'/{topic.lstrip("/")}'.endswith(f'/{name}')]
        if len(topics) > 1:
            raise DatasetError(
                f'{bag}: {name} is in it {len(topics)} times ({", ".join(sorted(topics))}): '
                'record one robot a bag'
            )
        if not topics and name in NEEDED:
            raise DatasetError(
                f'{bag} lacks the topic {name}: record it too; it has {", ".join(sorted(offered))}'
            )
        if topics and offered[topics[0]] != kind:
            raise DatasetError(f'{bag}: {topics[0]} is of {offered[topics[0]]}, not {kind}')
        found.update(dict.fromkeys(topics, name))
    return found
