"""What comes how often in a bag: every topic, without decoding a message."""

import struct
import zlib
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Float, Int

from foresight.data.bags.bounds import unpack_message
from foresight.data.bags.containers import open_files
from foresight.data.bags.storage import FAILURES, IMAGES, TYPES, in_order
from foresight.errors import DatasetError
from foresight.reading import reason

STAMPED = {*IMAGES, *(kind for kind in TYPES.values() if not kind.startswith('std_msgs/'))}
"""Types that begin with a stamp."""
CDR, HEAD = 4, 12  # bytes before the stamp, and after it
UNSTAMPED = -1.0
COLUMNS = 'topic', 'type', 'messages', 'rate [Hz]', 'longest gap [s]', 'latency [s]'
"""Heads of a table of topics."""


@dataclass(frozen=True)
class Surveyed:
    """The messages of one topic.

    Attributes:
        received: When each was recorded [s].
        stamps: Stamp of each [s]; none where the type has none.
        marks: Checksum of each behind its stamp; of images only.
    """

    topic: str
    type: str
    received: Float[np.ndarray, ' message']
    stamps: Float[np.ndarray, ' stamp']
    marks: Int[np.ndarray, ' mark']

    @property
    def row(self) -> tuple[str, ...]:
        """Its line in a table of topics."""
        late = '-' if self.latency is None else f'{self.latency:.3f}'
        return (self.topic, self.type.rpartition('/')[2], str(len(self.received)),
                f'{self.rate:.1f}', f'{self.longest_gap:.2f}', late)

    @property
    def rate(self) -> float:
        """Messages a second; 0 for less than two."""
        steps = np.diff(self.received)
        return float(1.0 / np.median(steps)) if len(steps) and np.median(steps) > 0.0 else 0.0

    @property
    def longest_gap(self) -> float:
        """Longest time without one, between two [s]."""
        return float(np.diff(self.received).max()) if len(self.received) > 1 else 0.0

    @property
    def latency(self) -> float | None:
        """Usual time from stamp to recording [s]; None where stamps are of another clock."""
        if not len(self.stamps):
            return None
        usual = float(np.median(self.received - self.stamps))
        return usual if -1.0 < usual < 60.0 else None


def survey(bag: Path) -> tuple[dict[str, Surveyed], tuple[str, ...]]:
    """Count the messages of every topic, and say what of the bag is lost.

    Raises:
        DatasetError: If nothing of it can be read.
    """
    topics: dict[str, _Counting] = {}
    lost: list[str] = []
    try:
        with open_files(bag) as files:
            lost += files.remarks
            for reader in files.readers:
                for item in reader.connections:
                    topics.setdefault(item.topic, _Counting(item.topic, item.msgtype))
                for item, time, data in in_order(reader, list(reader.connections)):
                    topics[item.topic].take(time, data)
    except FAILURES as error:
        if not any(each.received for each in topics.values()):
            raise DatasetError(f'{bag} is damaged or no bag ({reason(error)}): leave it '
                               'out') from error
        lost.append(f'damaged ({reason(error)}): bring back what is whole by `foresight data '
                    'repair`')
    return {name: each.counted() for name, each in sorted(topics.items())}, tuple(lost)


class _Counting:
    """What has been seen of one topic."""

    def __init__(self, topic: str, kind: str) -> None:
        self._topic, self._type = topic, kind
        self.received = array('q')
        self._stamps, self._marks = array('d'), array('q')

    def take(self, time: int, data: bytes) -> None:
        """Count a message."""
        self.received.append(time)
        if self._type in STAMPED:
            data = unpack_message(data)
            self._stamps.append(_stamp(data))
            if self._type in IMAGES:
                self._marks.append(zlib.crc32(memoryview(data)[HEAD:]))

    def counted(self) -> Surveyed:
        """Return what was seen."""
        return Surveyed(self._topic, self._type, 1e-9 * np.array(self.received, np.float64),
                        np.array(self._stamps), np.array(self._marks, np.int64))


def _stamp(data: bytes) -> float:
    """Read the stamp that a message begins with [s]."""
    if len(data) < HEAD:
        return UNSTAMPED
    order = '<' if data[1] == 1 else '>'
    whole, rest = struct.unpack_from(f'{order}iI', data, CDR)
    return float(whole) + 1e-9 * float(rest)


def runs(same: np.ndarray) -> Iterator[tuple[int, int]]:
    """Yield first and last place of each run of what is true."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], same, [False]]).astype(np.int8)))
    yield from ((int(first), int(last) - 1) for first, last in edges.reshape(-1, 2))
