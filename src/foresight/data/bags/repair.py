"""Brings back what is whole of a bag that was cut off or damaged."""

import shutil
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from rosbags.rosbag2 import Reader

from foresight.data.bags.bounds import unpack_message
from foresight.data.bags.containers import open_files
from foresight.data.bags.recovery import rescue
from foresight.data.bags.storage import FAILURES, damage, in_order
from foresight.data.bags.writer import BagWriter
from foresight.reading import reason


@dataclass(frozen=True)
class Repaired:
    """A bag that was brought back.

    Attributes:
        bag: What it was made from.
        out: Folder of the whole bag.
        messages: How many messages it holds.
        seconds: Time from the first to the last.
        topics: Messages of each topic.
        lost: What is lost, in words; empty if nothing is.
    """

    bag: str
    out: str
    messages: int
    seconds: float
    topics: dict[str, int]
    lost: tuple[str, ...]


def repair(bag: Path, out: Path) -> Repaired:
    """Write every whole message of a bag into a new one; the old one stays as it is.

    Raises:
        DatasetError: If nothing is whole, or the new bag exists or cannot be written.
    """
    with damage(bag), open_files(bag, rescue) as files:
        lost = list(files.remarks)
        with BagWriter(out) as made:
            times, counts = _copy(files.readers, made, lost)
        if not counts:
            shutil.rmtree(out)
            raise ValueError('no message is whole')
    seconds = (times[1] - times[0]) * 1e-9
    return Repaired(str(bag), str(out), made.count, round(seconds, 3), counts, tuple(lost))


def _copy(
    readers: tuple[Reader, ...], made: BagWriter, lost: list[str],
) -> tuple[tuple[int, int], dict[str, int]]:
    """Copy all messages; return the first and last time [ns], and how many a topic has."""
    first, last, counts = 1 << 63, 0, Counter[str]()
    for reader in readers:
        chosen = [item for item in reader.connections if made.add_like(item)]
        try:
            for item, time, data in in_order(reader, chosen):
                made.write(item.topic, time, unpack_message(data))
                first, last = min(first, time), max(last, time)
                counts[item.topic] += 1
        except FAILURES as error:
            lost.append(f'{reader.path}: what follows {sum(counts.values())} messages '
                        f'({reason(error)})')
    return (first, last), dict(counts)
