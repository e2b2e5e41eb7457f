"""Write a rosbag2 bag (MCAP with zstd chunks) without a ROS installation."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from backports import zstd
from rosbags.interfaces import (
    Connection,
    ConnectionExtRosbag2,
    Qos,
    QosDurability,
    QosHistory,
    QosLiveliness,
    QosReliability,
    QosTime,
)
from rosbags.rosbag2 import CompressionFormat, CompressionMode, StoragePlugin, Writer
from rosbags.rosbag2.errors import WriterError
from rosbags.rosbag2.storage_mcap import McapWriter
from rosbags.typesys import Stores, get_typestore

from foresight.closing import Closing
from foresight.errors import DatasetError

UNKNOWN = f'RIHS01_{"0" * 64}'
"""Hash of a type that nobody told."""
FOREVER = QosTime(sec=9223372036, nsec=854775807)


class BagWriter(Closing):
    """An open bag of `count` messages; closing it writes `metadata.yaml`.

    What was written before a kill stays readable, but for what came since the last chunk of a
    mebibyte or the last `save`.
    """

    def __init__(self, folder: Path) -> None:
        """Open a new bag.

        Raises:
            DatasetError: If the folder exists or cannot be made.
        """
        self.folder, self.count = folder, 0
        self._types = get_typestore(Stores.ROS2_KILTED)
        self._topics: dict[str, Connection] = {}
        try:
            folder.parent.mkdir(parents=True, exist_ok=True)
            self._writer = Writer(folder, version=9, storage_plugin=StoragePlugin.MCAP)
            self._writer.set_compression(CompressionMode.STORAGE, CompressionFormat.ZSTD)
            self._writer.open()
            storage = self._writer.storage
            assert isinstance(storage, McapWriter)
            storage.compressor, self._storage = _checked, storage
        except (WriterError, OSError) as error:
            raise DatasetError(f'cannot write the bag {folder}: {error}') from error

    def add_topic(self, name: str, kind: str, latched: bool = False) -> None:
        """Declare a topic by its full name and message type before its first message.

        A player offers the last message of a `latched` topic to late subscribers.
        """
        self._topics[name] = self._writer.add_connection(
            name, kind, typestore=self._types, offered_qos_profiles=[_quality(latched)],
        )

    def add_like(self, topic: Connection) -> bool:
        """Declare a topic as another bag has it; tell whether it is of the same type here."""
        known = self._topics.get(topic.topic)
        if known is not None:
            return known.msgtype == topic.msgtype
        ours = topic.msgtype in self._types.types or not topic.msgdef.data
        if ours and topic.msgtype not in self._types.types:
            return False  # nobody could read it
        assert isinstance(topic.ext, ConnectionExtRosbag2)
        self._topics[topic.topic] = self._writer.add_connection(
            topic.topic, topic.msgtype, typestore=self._types if ours else None,
            msgdef=None if ours else topic.msgdef.data,
            rihs01=None if ours else topic.digest or UNKNOWN,
            offered_qos_profiles=topic.ext.offered_qos_profiles,
        )
        return True

    def write(self, topic: str, nanoseconds: int, data: bytes) -> None:
        """Append a serialized message.

        Raises:
            DatasetError: If the disk is full or fails; what was written stays, and no more is.
        """
        with self._bounded_by_disk():
            self._writer.write(self._topics[topic], nanoseconds, data)
        self.count += 1

    def save(self) -> int:
        """Hand what was written to the system, so that a kill does not lose it.

        Returns:
            Size of the bag [byte].

        Raises:
            DatasetError: As `write` does.
        """
        with self._bounded_by_disk():
            if self._storage.chunk.msgs:
                self._storage.close_chunk()
            self._storage.bio.flush()
        return self._storage.bio.tell()

    @contextmanager
    def _bounded_by_disk(self) -> Iterator[None]:
        """Let go of the bag where its disk is full or fails."""
        try:
            yield
        except OSError as error:
            with suppress(OSError):  # what waits to be written does not fit either
                self._storage.abort()
            self._writer.storage = None
            raise DatasetError(
                f'{self.folder}: {error.strerror}; free space and record again'
            ) from error

    def close(self) -> None:
        """Finish the bag; closing twice does nothing."""
        if self._writer.storage is not None:
            self._writer.close()


def free_folder(parent: Path, name: str) -> Path:
    """Return `parent/name`, with a number behind it if that exists."""
    candidates: Iterable[str] = (name, *(f'{name}_{i}' for i in range(1, 10_000)))
    return next(parent / c for c in candidates if not (parent / c).exists())


def _checked(chunk: bytes) -> bytes:
    """Compress a chunk with a checksum, so that a flipped bit is found and not read."""
    return zstd.compress(chunk, options={zstd.CompressionParameter.checksum_flag: 1})


def _quality(latched: bool) -> Qos:
    """Describe how a player should offer a topic."""
    durability = QosDurability.TRANSIENT_LOCAL if latched else QosDurability.VOLATILE
    return Qos(
        history=QosHistory.KEEP_LAST, depth=1 if latched else 10,
        reliability=QosReliability.RELIABLE, durability=durability, deadline=FOREVER,
        lifespan=FOREVER, liveliness=QosLiveliness.AUTOMATIC, liveliness_lease_duration=FOREVER,
        avoid_ros_namespace_conventions=False,
    )
