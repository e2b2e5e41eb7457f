"""The messages of a bag in the order of their recording, without a ROS installation."""

import sqlite3
import struct
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import apsw
from rosbags.interfaces import Connection
from rosbags.rosbag2 import Reader
from rosbags.rosbag2.errors import ReaderError
from rosbags.rosbag2.storage_mcap import McapReader
from rosbags.serde import SerdeError
from rosbags.typesys import Stores, get_types_from_msg, get_typestore
from rosbags.typesys.store import Typestore

from foresight.data.bags.bounds import unpack_message
from foresight.data.bags.containers import Files, open_files
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
    TF,
    TF_STATIC,
    Contract,
)
from foresight.data.bags.video import VIDEO
from foresight.errors import DatasetError
from foresight.reading import DAMAGE, reason

TYPES = {
    IMAGE: 'sensor_msgs/msg/Image', INFO: 'sensor_msgs/msg/CameraInfo',
    POSE: 'geometry_msgs/msg/PoseStamped', JOINTS: 'sensor_msgs/msg/JointState',
    ACTION: 'nav_msgs/msg/Path', KIND: 'std_msgs/msg/String',
    EMPTY: 'sensor_msgs/msg/Image', STOP: 'std_msgs/msg/Bool',
}
"""What is read, by relative name; `nodes/topics.py` has the same."""
FRAMES = dict.fromkeys((TF, TF_STATIC), 'tf2_msgs/msg/TFMessage')
"""Where the camera is told by, too."""
COMPRESSED = 'sensor_msgs/msg/CompressedImage'
IMAGES = (TYPES[IMAGE], COMPRESSED, *VIDEO)
"""Types that an image may have."""
BESIDE = 'compressed', 'ffmpeg', 'foxglove'
"""Topics of image_transport beside the one of an image, which may be recorded alone."""
NEEDED = (IMAGE, INFO, POSE)
SEVERAL = (JOINTS,)
OFTEN = 100_000_000
"""Frames of one length that come sooner after one another are passed over [ns]."""
FAILURES = (
    ReaderError, SerdeError, apsw.Error, sqlite3.Error, struct.error, AssertionError, MemoryError,
    RecursionError, *DAMAGE,
)
"""What the reader of bags raises where a bag is damaged; it takes memory for lengths unseen."""


@dataclass(frozen=True)
class Recorded:
    """A message: how the package calls its topic, the topic, and when it was recorded [ns]."""

    name: str
    topic: str
    nanoseconds: int
    message: Any

    @property
    def time(self) -> float:
        """When it was recorded [s]."""
        return 1e-9 * self.nanoseconds


class OpenBag:
    """An open bag, read by a contract.

    Attributes:
        bag: Its folder.
        contract: How it calls things.
        offered: Type of each of its topics.
        remarks: What is lost of it.
    """

    def __init__(self, bag: Path, contract: Contract, files: Files) -> None:
        """Find the topics of the contract.

        Raises:
            DatasetError: If it lacks a topic or has one twice.
        """
        self.bag, self.contract, self.remarks = bag, contract, files.remarks
        self._readers, self._types = files.readers, known_types()
        offered = [item for reader in files.readers for item in reader.connections]
        self.offered = {item.topic: item.msgtype for item in offered}
        self._known = _topics(bag, contract, self.offered)

    def messages(self) -> Iterator[Recorded]:
        """Decode every message of the contract.

        Raises:
            DatasetError: If the bag is damaged.
        """
        newest: dict[int, int] = {}
        with damage(self.bag):
            for reader in self._readers:
                chosen = [item for item in reader.connections if item.topic in self._known]
                for item, time, data in in_order(reader, chosen):
                    if self._known[item.topic] == TF:  # one publisher sends alike messages
                        if time - newest.get(len(data), -OFTEN) < OFTEN:
                            continue
                        newest[len(data)] = time
                    yield self._decoded(item, time, data)

    def images(self, times: Collection[int]) -> Iterator[Recorded]:
        """Decode the images that were recorded at some times [ns]; of a video all of them.

        Raises:
            DatasetError: If the bag is damaged.
        """
        wanted = sorted(set(times))
        with damage(self.bag):
            for reader in self._readers:
                chosen = [item for item in reader.connections
                          if self._known.get(item.topic) == IMAGE]
                whole = any(item.msgtype in VIDEO for item in chosen)
                for found in _at(reader, chosen, None if whole else wanted):
                    yield self._decoded(*found)

    def _decoded(self, item: Connection, nanoseconds: int, data: bytes) -> Recorded:
        message = self._types.deserialize_cdr(unpack_message(data), item.msgtype)
        return Recorded(self._known[item.topic], item.topic, nanoseconds, message)


@contextmanager
def open_bag(bag: Path, contract: Contract = OURS) -> Iterator[OpenBag]:
    """Open a bag to read it.

    Raises:
        DatasetError: If it is damaged beyond its end or no bag, lacks a topic or has one twice.
    """
    with damage(bag), open_files(bag) as files:
        yield OpenBag(bag, contract, files)


@contextmanager
def damage(bag: Path) -> Iterator[None]:
    """Say of whatever is wrong with the files of a bag which bag it is, and what to do."""
    try:
        yield
    except FAILURES as error:
        raise DatasetError(
            f'{bag} is cut off, damaged or no bag ({reason(error)}): leave it out, or bring back '
            'what is whole of it by `foresight data repair`'
        ) from error


def known_types() -> Typestore:
    """Return the types of ROS, and of packets of video; no bag brings its own."""
    types = get_typestore(Stores.ROS2_KILTED)
    for name, definition in VIDEO.items():
        types.register(get_types_from_msg(definition, name))
    return types


def in_order(reader: Reader, chosen: list[Connection]) -> Iterator[tuple[Connection, int, bytes]]:
    """Yield messages as they were recorded; those of a file without an index as they lie."""
    if not chosen:
        return
    if _has_no_index(reader):
        assert isinstance(reader.storage, McapReader)
        yield from reader.storage.messages_scan(chosen)
    else:
        yield from reader.messages(chosen)


def _at(
    reader: Reader, chosen: list[Connection], times: list[int] | None,
) -> Iterator[tuple[Connection, int, bytes]]:
    """Yield the messages of some times; without an index each is looked at."""
    if times is None or _has_no_index(reader):
        yield from in_order(reader, chosen)
        return
    for time in times if chosen else ():
        if reader.start_time <= time < reader.end_time:
            yield from reader.messages(chosen, time, time + 1)


def _has_no_index(reader: Reader) -> bool:
    return isinstance(reader.storage, McapReader) and not reader.storage.chunks


def _topics(bag: Path, contract: Contract, offered: dict[str, str]) -> dict[str, str]:
    """Find the one topic of each name; of `SEVERAL` all of them."""
    found = {}
    for name, called in contract.topics().items():
        topics = [topic for each in called for topic in called_so(each, offered)]
        if name == IMAGE and not topics and called:
            topics = _first_beside(called[0], offered)
        if len(topics) > 1 and name not in SEVERAL:
            raise twice(bag, name, topics)
        told = name == POSE and called_so(TF_STATIC, offered)
        if not topics and name in NEEDED and not told:
            raise DatasetError(
                f'{bag} lacks the topic {(*called, name)[0]}: record it too, or say by a contract '
                f'how it is called; it has {", ".join(sorted(offered))}'
            )
        for topic in topics:
            allowed = IMAGES if name == IMAGE else ((TYPES | FRAMES)[name],)
            if offered[topic] not in allowed:
                raise DatasetError(
                    f'{bag}: {topic} is of {offered[topic]}, not {allowed[0]}: name another topic '
                    'in the contract')
        found.update(dict.fromkeys(topics, name))
    return found


def _first_beside(name: str, offered: Iterable[str]) -> list[str]:
    """Return the first topic of image_transport beside that of an image."""
    topics = list(offered)
    return next((found for end in BESIDE if (found := called_so(f'{name}/{end}', topics))), [])


def called_so(name: str, offered: Iterable[str]) -> list[str]:
    """Return the topics that a name means: the one, or those that end with it."""
    if name.startswith('/'):
        return [topic for topic in offered if topic == name]
    return [topic for topic in offered if f'/{topic.lstrip("/")}'.endswith(f'/{name}')]


def twice(bag: Path, name: str, topics: list[str]) -> DatasetError:
    """Say that a bag holds a thing twice."""
    return DatasetError(
        f'{bag}: {name} is in it {len(topics)} times ({", ".join(sorted(topics))}): '
        'record one robot a bag, or say by a contract which one counts'
    )
