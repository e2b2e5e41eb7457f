"""Read a rosbag2 bag without a ROS installation: what the camera saw and what the robot did."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float, Int, UInt8

from foresight.data.bags.storage import (
    ACTION,
    EMPTY,
    IMAGE,
    INFO,
    JOINTS,
    KIND,
    POSE,
    STOP,
    TF,
    TF_STATIC,
    Recorded,
    messages,
    twice,
)
from foresight.data.camera import Lens, LensConfig, renewed, stamped_pose
from foresight.data.episodes import Rectify
from foresight.data.frames import Frames
from foresight.data.images import image_array
from foresight.data.joint_messages import BASE, ArmJoints, seconds
from foresight.data.messages import IDENTITY, Pose, path_poses
from foresight.errors import DatasetError, ObservationError, RobotError
from foresight.macro_action import ActionConfig
from foresight.protocols import CameraView
from foresight.reading import damaged
from foresight.world_model.observation.rectification import same_view

USUAL_CAMERA = LensConfig()
MOST_IMAGES, MOST_MESSAGES = 250_000, 20_000_000
"""Of a bag; more of them do not fit into memory."""
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
        lag: How much longer after its stamp an image was recorded than a joint state [s].
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
    lag: float
    left_out: Counter[str]

    @property
    def seconds(self) -> float:
        """Time from the first image to the last [s]."""
        return float(self.stamps[-1] - self.stamps[0])


def read_bag(
    bag: Path, rectify: Rectify, joint_names: tuple[str, ...], table_from_base: Pose = IDENTITY,
    camera: LensConfig = USUAL_CAMERA,
) -> Recording:
    """Read one bag; joints other than those of the arm are left out, poses are the table's.

    Raises:
        DatasetError: If the bag is cut off or no bag, lacks a topic, mixes image sizes, or its
            time jumps back. The message names bag and topic.
    """
    reading = _Reading(bag, rectify, joint_names, table_from_base, camera)
    for count, recorded in enumerate(messages(bag)):
        if count > MOST_MESSAGES or reading.images > MOST_IMAGES:
            raise DatasetError(f'{bag} has more than {MOST_IMAGES} images or {MOST_MESSAGES} '
                               'messages: split it')
        with damaged(bag, f'leave it out; the topic is {recorded.topic}', DatasetError):
            reading.take(recorded)
    return reading.finished()


class _Reading:
    """What has been read of a bag so far, in the order in which it was recorded."""

    def __init__(
        self, bag: Path, rectify: Rectify, joint_names: tuple[str, ...], table_from_base: Pose,
        camera: LensConfig,
    ) -> None:
        self._table_from_base, self._camera = table_from_base, camera
        self._lens: Lens | None = None
        self._frames = Frames()
        self._bag, self._rectify, self._arm = bag, rectify, ArmJoints(joint_names)
        self._newest: dict[str, Any] = {}
        self._size: tuple[int, int] | None = None
        self._now = self._newest_image = -np.inf
        self._seen: set[float] = set()
        self._stamps: list[float] = []
        self._delays: dict[str, list[tuple[float, float]]] = {IMAGE: [], JOINTS: []}
        self._arm_topic = ''
        self._images: list[np.ndarray] = []
        self._views: list[CameraView] = []
        self._empty: list[int] = []
        self._empties: list[np.ndarray] = []
        self._joints: list[tuple[float, np.ndarray, np.ndarray]] = []
        self._actions: dict[float, np.ndarray] = {}
        self._stopped: list[float] = []
        self._left_out: Counter[str] = Counter()
        self._handlers: dict[str, Callable[[Recorded], None]] = {
            IMAGE: self._on_image, JOINTS: self._on_joints, ACTION: self._on_action,
            EMPTY: self._on_empty, STOP: self._on_stop,
            TF: self._on_frames, TF_STATIC: self._on_frames,
        }

    @property
    def images(self) -> int:
        """How many images there are so far."""
        return len(self._images)

    def take(self, recorded: Recorded) -> None:
        """Take one message."""
        self._newest[recorded.name] = recorded.message
        try:
            if recorded.name in self._handlers:
                self._handlers[recorded.name](recorded)
        except (ObservationError, RobotError) as error:
            raise DatasetError(f'{self._bag}: {recorded.name}: {error}') from error

    def finished(self) -> Recording:
        """Put everything together."""
        if not self._images:
            raise DatasetError(
                f'{self._bag}: no image of {IMAGE} can be used: record {INFO} and {POSE} '
                '(latched) beside it'
            )
        actions, kind = sorted(self._actions.items()), self._newest.get(KIND)
        columns = [np.array(column) for column in zip(*self._joints, strict=True)]
        order = np.argsort(self._stamps)  # a driver may send an image after a later one
        return Recording(
            name=self._bag, stamps=np.array(self._stamps)[order],
            images=np.stack([self._images[place] for place in order]),
            views=tuple(self._views[place] for place in order),
            empty=np.maximum(np.array(self._empty)[order], 0),
            empties=tuple(self._empties), joints=Joints(*columns) if columns else None,
            kind=str(kind.data) if kind else ActionConfig().kind,
            action_stamps=np.array([stamp for stamp, _ in actions]),
            actions=tuple(poses for _, poses in actions),
            stopped=np.array(self._stopped), lag=self._lag(), left_out=self._left_out,
        )

    def _lag(self) -> float:
        """Compare how long after their stamps images and joint states were recorded [s]."""
        if not self._delays[IMAGE] or not self._delays[JOINTS]:
            return 0.0
        (times, images), (known, joints) = (
            np.array(self._delays[name]).T for name in (IMAGE, JOINTS))
        return float(np.median(images - np.interp(times, known, joints)))

    def _on_image(self, recorded: Recorded) -> None:
        """Rectify an image with the newest camera."""
        stamp, image = seconds(recorded.message.header.stamp), image_array(recorded.message)
        size = image.shape[:2]
        self._size = self._size or size
        if size != self._size:
            raise DatasetError(
                f'{self._bag}: {IMAGE} has images of {self._size[1]} x {self._size[0]} and of '
                f'{size[1]} x {size[0]} pixels: record one camera at one size a bag'
            )
        self._refuse_past(IMAGE, stamp, self._newest_image)
        if stamp in self._seen:
            self._left_out[TWICE] += 1
            return
        info = self._newest.get(INFO)
        pose = None if info is None else self._pose(info.header.frame_id.lstrip('/'))
        if pose is None:
            self._left_out[EARLY] += 1
            return
        self._lens = renewed(self._lens, info, self._camera.is_rectified(recorded.topic))
        view = self._lens.view(self._table_from_base @ pose)
        if self._views and same_view(view, self._views[-1]):
            view = self._views[-1]  # one object a camera
        self._images.append(self._rectify(self._lens.straighten(image), view))
        self._stamps.append(stamp)
        self._views.append(view)
        self._empty.append(len(self._empties) - 1)
        self._seen.add(stamp)
        self._newest_image = max(self._newest_image, stamp)
        self._delays[IMAGE].append((recorded.time, recorded.time - stamp))
        self._now = max(self._now, stamp)

    def _pose(self, camera: str) -> Pose | None:
        """Return where the camera is in the arm's base; None before it is told."""
        if POSE in self._newest:
            return stamped_pose(self._newest[POSE])
        return self._frames.pose(BASE, camera) if TF_STATIC in self._newest else None

    def _on_frames(self, recorded: Recorded) -> None:
        self._frames.update(recorded.message, recorded.name == TF_STATIC)

    def _on_empty(self, recorded: Recorded) -> None:
        """Keep the rectified empty table, unless it is the one that is known."""
        image = image_array(recorded.message)
        if self._images and image.shape != self._images[0].shape:
            raise DatasetError(
                f'{self._bag}: {EMPTY} is {image.shape[1]} x {image.shape[0]}, this world model '
                f'needs {self._images[0].shape[1]} x {self._images[0].shape[0]}: give the empty '
                'table by --background'
            )
        if not self._empties or not np.array_equal(image, self._empties[-1]):
            self._empties.append(image)

    def _on_joints(self, recorded: Recorded) -> None:
        """Keep the joints of the arm; a gripper may have a topic of its own."""
        stamp = seconds(recorded.message.header.stamp)
        joints = self._arm.read(recorded.message)
        if joints is None:
            return
        self._arm_topic = self._arm_topic or recorded.topic
        if recorded.topic != self._arm_topic:
            raise twice(self._bag, JOINTS, [self._arm_topic, recorded.topic])
        if self._joints and stamp <= self._joints[-1][0]:
            self._refuse_past(JOINTS, stamp, self._joints[-1][0])
            return
        self._joints.append((stamp, *joints))
        self._delays[JOINTS].append((recorded.time, recorded.time - stamp))
        self._now = max(self._now, stamp)

    def _on_action(self, recorded: Recorded) -> None:
        poses = self._table_from_base @ path_poses(recorded.message)
        self._actions[seconds(recorded.message.header.stamp)] = poses

    def _on_stop(self, recorded: Recorded) -> None:
        """Note an e-stop at the newest stamp: it has none of its own."""
        if recorded.message.data and np.isfinite(self._now):
            self._stopped.append(self._now)

    def _refuse_past(self, topic: str, stamp: float, last: float) -> None:
        if stamp < last - 1.0:
            raise DatasetError(
                f'{self._bag}: the time of {topic} jumps back from {last:.2f} s to {stamp:.2f} s: '
                'record one run of the clock a bag'
            )
