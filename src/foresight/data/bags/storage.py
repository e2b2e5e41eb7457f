"""The messages of a bag in the order of their recording, without a ROS installation."""

import struct
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import apsw
from rosbags.rosbag2 import Reader
from rosbags.rosbag2.errors import ReaderError
from rosbags.serde import SerdeError
from rosbags.typesys import Stores, get_typestore

from foresight.data.bags.bounds import check_bag
from foresight.data.bags.recovery import closed
from foresight.errors import DatasetError
from foresight.reading import DAMAGE, reason

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
TF, TF_STATIC = 'tf', 'tf_static'
FRAMES = dict.fromkeys((TF, TF_STATIC), 'tf2_msgs/msg/TFMessage')
"""Where the camera is told by, too."""
COMPRESSED = 'sensor_msgs/msg/CompressedImage'
NEEDED = (IMAGE, INFO, POSE)
SEVERAL = (JOINTS,)
FAILURES = (
    ReaderError, SerdeError, apsw.Error, struct.error, AssertionError, MemoryError,
    RecursionError, *DAMAGE,
)
"""What the reader of bags raises where a bag is damaged; it takes memory for lengths unseen."""


@dataclass(frozen=True)
class Recorded:
    """A message: how the package calls its topic, the topic, and when it was recorded [s]."""

    name: str
    topic: str
    time: float
    message: Any


def messages(bag: Path) -> Iterator[Recorded]:
    """Decode the messages of the topics in `TYPES` and `FRAMES`.

    Raises:
        DatasetError: If the bag is cut off or no bag, lacks a topic or has one twice.
    """
    types = get_typestore(Stores.ROS2_KILTED)
    try:
        check_bag(bag)
        with ExitStack() as stack:
            spare = Path(stack.enter_context(TemporaryDirectory()))
            files = [closed(path, spare) if path.is_file() else path for path in _files(bag)]
            readers = [stack.enter_context(Reader(path)) for path in files]
            offered = [item for reader in readers for item in reader.connections]
            known = _topics(bag, {item.topic: item.msgtype for item in offered})
            for reader in readers:
                chosen = [item for item in reader.connections if item.topic in known]
                for item, time, data in reader.messages(chosen) if chosen else ():
                    message = types.deserialize_cdr(data, item.msgtype)
                    yield Recorded(known[item.topic], item.topic, 1e-9 * time, message)
    except FAILURES as error:
        raise DatasetError(
            f'{bag} is cut off, damaged or no bag ({reason(error)}): leave it out, or repair it '
            'with `ros2 bag reindex` or `mcap recover`'
        ) from error


def _files(bag: Path) -> list[Path]:
    """Return what to open: MCAP files, which say all by themselves, or else the folder.

    What `metadata.yaml` says beside them may be missing, or another quality of service.
    """
    files = sorted(bag.glob('*.mcap'), key=lambda path: (len(path.name), path.name))
    return files or [bag]


def _topics(bag: Path, offered: dict[str, str]) -> dict[str, str]:
    """Find the one topic of each name, whatever namespace it has; of `SEVERAL` all of them."""
    found = {}
    for name, kind in (TYPES | FRAMES).items():
        topics = _called(name, offered)
        if not topics and name == IMAGE:
            topics = _called(f'{name}/compressed', offered)
        if len(topics) > 1 and name not in SEVERAL:
            raise twice(bag, name, topics)
        told = name == POSE and _called(TF_STATIC, offered)
        if not topics and name in NEEDED and not told:
            raise DatasetError(
                f'{bag} lacks the topic {name}: record it too; it has {", ".join(sorted(offered))}'
            )
        for topic in topics:
            if offered[topic] != kind and (name, offered[topic]) != (IMAGE, COMPRESSED):
                raise DatasetError(f'{bag}: {topic} is of {offered[topic]}, not {kind}')
        found.update(dict.fromkeys(topics, name))
    return found


def _called(name: str, offered: Iterable[str]) -> list[str]:
    """Return the topics that end with a name."""
    return [topic for topic in offered if f'/{topic.lstrip("/")}'.endswith(f'/{name}')]


def twice(bag: Path, name: str, topics: list[str]) -> DatasetError:
    """Say that a bag holds a thing twice."""
    return DatasetError(
        f'{bag}: {name} is in it {len(topics)} times ({", ".join(sorted(topics))}): '
        'record one robot a bag'
    )
