"""Read a rosbag2 bag without a ROS installation: all of it but the pixels."""

from array import array
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from foresight.data.bags.cameras import Links
from foresight.data.bags.contract import (
    ACTION,
    EMPTY,
    IMAGE,
    INFO,
    JOINTS,
    KIND,
    OURS,
    POSE,
    STOP,
    Contract,
)
from foresight.data.bags.recording import Joints, Recording
from foresight.data.bags.sight import Sight
from foresight.data.bags.stamps import Heard, timeline
from foresight.data.bags.stills import stamp_of
from foresight.data.bags.storage import OpenBag, Recorded, open_bag, twice
from foresight.data.camera import LensConfig
from foresight.data.episodes import Rectify
from foresight.data.images import image_array
from foresight.data.joint_messages import ArmJoints, seconds
from foresight.data.messages import IDENTITY, Pose, path_poses
from foresight.errors import DatasetError, ObservationError, RobotError
from foresight.macro_action import ActionConfig
from foresight.reading import damaged

USUAL_CAMERA = LensConfig()
NO_LINKS = Links()
MOST_IMAGES, MOST_MESSAGES = 2_000_000, 50_000_000
"""Of a bag; more of them do not fit into memory."""
TWICE = 'image that came twice'
BACK = 1.0  # a clock that goes back by more was set [s]


def read_bag(
    bag: Path, rectify: Rectify, joint_names: tuple[str, ...], table_from_base: Pose = IDENTITY,
    camera: LensConfig = USUAL_CAMERA, contract: Contract = OURS,
) -> Recording:
    """Open and read one bag; see `read_open_bag`."""
    with open_bag(bag, contract) as found:
        return read_open_bag(found, rectify, joint_names, table_from_base, camera)


def read_open_bag(
    bag: OpenBag, rectify: Rectify, joint_names: tuple[str, ...], table_from_base: Pose = IDENTITY,
    camera: LensConfig = USUAL_CAMERA, links: Links = NO_LINKS,
) -> Recording:
    """Read a bag; joints other than those of the arm are left out, poses are the table's.

    Of the images only the first of each camera is looked at, to see whether it can be rectified.

    Raises:
        DatasetError: If the bag is damaged, lacks a topic, mixes image sizes, or its time jumps
            back. The message names bag and topic.
    """
    reading = _Reading(bag, rectify, joint_names, table_from_base, camera, links)
    for count, recorded in enumerate(bag.messages()):
        if count > MOST_MESSAGES or reading.images > MOST_IMAGES:
            raise DatasetError(f'{bag.bag} has more than {MOST_IMAGES} images or {MOST_MESSAGES} '
                               'messages: split it')
        with damaged(bag.bag, f'leave it out; the topic is {recorded.topic}', DatasetError):
            reading.take(recorded)
    with damaged(bag.bag, 'leave it out', DatasetError):
        return reading.finished()


class _Reading:
    """What has been read of a bag so far, in the order in which it was recorded."""

    def __init__(
        self, bag: OpenBag, rectify: Rectify, joint_names: tuple[str, ...], table_from_base: Pose,
        camera: LensConfig, links: Links,
    ) -> None:
        self._open, self._bag, self._contract = bag, bag.bag, bag.contract
        self._table_from_base, self._arm = table_from_base, ArmJoints(joint_names)
        self._sight = Sight(bag, rectify, table_from_base, camera, links)
        self._joint_names = joint_names
        self._order: tuple[list[str], np.ndarray] = [], np.zeros(0, int)
        self._arm_topic, self._kind = '', ActionConfig().kind
        self._stamps = {name: array('d') for name in (IMAGE, JOINTS, ACTION)}
        self._times = {name: array('q') for name in (IMAGE, JOINTS, ACTION)}
        self._empty = array('q')
        self._empties: list[np.ndarray] = []
        self._joints = array('d')
        self._actions: list[np.ndarray] = []
        self._stopped = array('q')
        self._left_out: Counter[str] = Counter()
        self._handlers: dict[str, Callable[[Recorded], None]] = {
            IMAGE: self._on_image, JOINTS: self._on_joints, ACTION: self._on_action,
            EMPTY: self._on_empty, STOP: self._on_stop, KIND: self._on_kind,
            **self._sight.handlers,
        }

    @property
    def images(self) -> int:
        """How many images there are so far."""
        return len(self._sight.lenses)

    def take(self, recorded: Recorded) -> None:
        """Take one message."""
        try:
            self._handlers[recorded.name](recorded)
        except (ObservationError, RobotError) as error:
            raise DatasetError(f'{self._bag}: {recorded.name}: {error}') from error

    def finished(self) -> Recording:
        """Put everything together."""
        if not self.images:
            raise DatasetError(
                f'{self._bag}: no image of {self._contract.image} can be used: '
                f'{self._sight.objection or f"record {INFO} and {POSE} (latched) beside it"}'
            )
        time = timeline({name: self._heard(name) for name in self._stamps}, self._contract)
        images, joints = time.times[IMAGE], self._found_joints(time.times[JOINTS])
        views, order = self._sight.views(images, joints), self._once(images)
        told = _last_of_each(time.times[ACTION])
        return Recording(
            name=self._bag, stamps=images[order],
            recorded=np.array(self._times[IMAGE], np.int64)[order],
            lenses=tuple(self._sight.lenses[place] for place in order),
            views=tuple(views[place] for place in order),
            empty=np.maximum(np.array(self._empty, np.int64)[order], 0),
            empties=tuple(self._empties), joints=joints, kind=self._kind,
            action_stamps=time.times[ACTION][told],
            actions=tuple(self._table_from_base @ self._actions[place] for place in told),
            stopped=self._stops(images, time.times[JOINTS]), lag=time.lag,
            left_out=self._left_out, remarks=(*self._open.remarks, *time.remarks),
        )

    def _heard(self, name: str) -> Heard:
        return Heard(np.array(self._stamps[name]), 1e-9 * np.array(self._times[name], float))

    def _once(self, stamps: np.ndarray) -> np.ndarray:
        """Return the places of images in the order of their time, each time once."""
        self._refuse_past(self._contract.image, stamps)
        order = np.argsort(stamps, kind='stable')  # a driver may send an image after a later one
        again = np.concatenate([[False], np.diff(stamps[order]) == 0.0])
        if again.any():
            self._left_out[TWICE] += int(again.sum())
        return np.asarray(order[~again])

    def _found_joints(self, stamps: np.ndarray) -> Joints | None:
        """Return the joint states in the order of their time; one that comes late is left out."""
        if not len(stamps):
            return None
        self._refuse_past(self._arm_topic, stamps)
        newest = np.concatenate([[-np.inf], np.maximum.accumulate(stamps)[:-1]])
        values = np.array(self._joints).reshape(len(stamps), -1)
        positions, velocities = np.split(values, 2, axis=1)
        later = stamps > newest
        return Joints(stamps[later], positions[later], velocities[later])

    def _stops(self, images: np.ndarray, joints: np.ndarray) -> np.ndarray:
        """Return the newest time that was known at each e-stop: it has none of its own [s]."""
        known = np.concatenate([np.array(self._times[IMAGE]), np.array(self._times[JOINTS])])
        times = np.concatenate([images, joints])
        found = [times[known <= stop] for stop in self._stopped]
        return np.array([each.max() for each in found if len(each)])

    def _on_image(self, recorded: Recorded) -> None:
        if reason := self._sight.see(recorded):
            self._left_out[reason] += 1
            return
        self._empty.append(len(self._empties) - 1)
        self._keep(recorded, stamp_of(recorded.message))

    def _on_kind(self, recorded: Recorded) -> None:
        self._kind = str(recorded.message.data)

    def _on_empty(self, recorded: Recorded) -> None:
        """Keep the rectified empty table, unless it is the one that is known."""
        image = image_array(recorded.message)
        if not self._empties or not np.array_equal(image, self._empties[-1]):
            self._empties.append(image)

    def _on_joints(self, recorded: Recorded) -> None:
        """Keep the joints of the arm; a gripper may have a topic of its own."""
        values = self._quickly(recorded.message)
        if values is None:
            joints = self._arm.read(recorded.message)
            if joints is None:
                return
            values = np.concatenate(joints)
        self._arm_topic = self._arm_topic or recorded.topic
        if recorded.topic != self._arm_topic:
            raise twice(self._bag, JOINTS, [self._arm_topic, recorded.topic])
        self._keep(recorded, seconds(recorded.message.header.stamp))
        self._joints.frombytes(values.tobytes())

    def _quickly(self, message: Any) -> np.ndarray | None:
        """Return positions and velocities of a message like that before; else None."""
        if message.name != self._order[0]:
            known = len(set(message.name)) == len(message.name) and \
                set(self._joint_names) <= set(message.name)
            found = [message.name.index(name) for name in self._joint_names] if known else []
            self._order = list(message.name), np.array(found, int)
        places = self._order[1]
        if not len(places) or not len(message.position) == len(message.velocity) == \
                len(message.name):
            return None
        values = np.concatenate([message.position[places], message.velocity[places]])
        return np.asarray(values) if np.isfinite(values).all() else None

    def _on_action(self, recorded: Recorded) -> None:
        self._keep(recorded, seconds(recorded.message.header.stamp))
        self._actions.append(path_poses(recorded.message))

    def _on_stop(self, recorded: Recorded) -> None:
        if recorded.message.data:
            self._stopped.append(recorded.nanoseconds)

    def _keep(self, recorded: Recorded, stamp: float) -> None:
        """Note when a message was made and recorded."""
        self._stamps[recorded.name].append(stamp)
        self._times[recorded.name].append(recorded.nanoseconds)

    def _refuse_past(self, topic: str, stamps: np.ndarray) -> None:
        """Refuse a clock that was set back."""
        newest = np.maximum.accumulate(stamps)
        if (back := stamps < newest - BACK).any():
            place = int(back.argmax())
            raise DatasetError(
                f'{self._bag}: the time of {topic} jumps back from {newest[place]:.2f} s to '
                f'{stamps[place]:.2f} s: record one run of the clock a bag'
            )


def _last_of_each(stamps: np.ndarray) -> np.ndarray:
    """Return the place of the last message of each time, in the order of the times."""
    return len(stamps) - 1 - np.unique(stamps[::-1], return_index=True)[1]
