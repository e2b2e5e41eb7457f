"""Bags of strangers: what unpacks to far more than it is, or is no plain table, is not opened."""

import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from backports import zstd
from lz4.frame import LZ4FrameDecompressor
from rosbags.rosbag2 import storage_mcap

from foresight.reading import opened, read_yaml

LARGEST_FILE, LARGEST_METADATA, LARGEST_CHUNK = 1 << 40, 1 << 18, 1 << 28
"""Bytes of a storage file, of `metadata.yaml`, and of a chunk of messages, unpacked."""
_NOT_PLAIN = re.compile(r'\b(virtual|generated|as|view|trigger)\b', re.IGNORECASE)


def check_bag(bag: Path) -> None:
    """Refuse a bag that cannot be opened with bounded means.

    Raises:
        OSError: If a file is not there.
        ValueError: If it is such a bag.
    """
    if (bag / 'metadata.yaml').exists():
        _check_metadata(bag / 'metadata.yaml')
    for path in (*bag.glob('*.mcap'), *bag.glob('*.db3')):
        with opened(path, LARGEST_FILE):  # a file, and not too large
            pass
        if path.suffix == '.db3':
            _check_tables(path)


def _check_metadata(path: Path) -> None:
    """Refuse a bag that is packed as a whole or message by message: nothing bounds that."""
    found = read_yaml(path, LARGEST_METADATA)
    mode = str(found['rosbag2_bagfile_information'].get('compression_mode', '')).lower()
    if mode not in ('', 'none', 'storage'):
        raise ValueError(f'compressed by {mode}: unpack it with `ros2 bag convert`')


def _check_tables(path: Path) -> None:
    """Refuse a database that computes instead of holding data."""
    try:
        place = f'{path.absolute().as_uri()}?immutable=1'
        with closing(sqlite3.connect(place, uri=True)) as known:
            made = known.execute('SELECT type, sql FROM sqlite_master').fetchall()
    except sqlite3.Error as error:
        raise ValueError(str(error)) from error
    if any(_NOT_PLAIN.search(f'{kind} {how}') for kind, how in made):
        raise ValueError(f'{path.name} holds more than tables')


def _bounded(unpack: Callable[[bytes, int], bytes]) -> Callable[[bytes, int], bytes]:
    """Return what unpacks a chunk to the size that it tells and no further."""
    def bounded(data: bytes, size: int) -> bytes:
        if size > LARGEST_CHUNK:
            raise ValueError(f'a chunk of {size} bytes')
        try:
            return unpack(data, size + 1)
        except (zstd.ZstdError, RuntimeError, EOFError) as error:
            raise ValueError(str(error)) from error
    return bounded


# The reader of rosbags unpacks whatever comes; this is its table of how.
storage_mcap.DECOMPRESSORS.update(
    zstd=_bounded(lambda data, most: zstd.ZstdDecompressor().decompress(data, most)),
    lz4=_bounded(lambda data, most: bytes(LZ4FrameDecompressor().decompress(data, most))),
)
