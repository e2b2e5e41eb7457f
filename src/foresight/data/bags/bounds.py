"""Bags of strangers: what unpacks to far more than it is, or is no plain table, is not opened."""

import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from backports import zstd
from lz4.frame import LZ4FrameDecompressor
from rosbags.rosbag2 import storage_mcap

from foresight.reading import opened

LARGEST_FILE, LARGEST_CHUNK = 1 << 40, 1 << 28
"""Bytes of a storage file, and of a chunk of messages or a message, unpacked."""
MOST_TIMES = 1000
"""A whole file unpacks to no more than so many times its size."""
ZSTD = b'\x28\xb5\x2f\xfd'
"""How what zstd packed begins; a message of CDR never does."""
_NOT_PLAIN = re.compile(r'\b(virtual|generated|as|view|trigger)\b', re.IGNORECASE)


def check_file(path: Path) -> None:
    """Refuse a storage file that cannot be opened with bounded means.

    Raises:
        OSError: If it is not there.
        ValueError: If it is such a file.
    """
    with opened(path, LARGEST_FILE):  # a file, and not too large
        pass
    if path.suffix == '.db3':
        check_tables(path)


def unpack_file(path: Path, target: Path) -> None:
    """Unpack a whole file, a piece at a time.

    Raises:
        OSError: If the disk is full.
        ValueError: If it is damaged, or unpacks to far more than it is.
    """
    with opened(path, LARGEST_FILE) as packed, target.open('wb') as file:
        most = path.stat().st_size * MOST_TIMES + LARGEST_CHUNK // 256
        try:
            with zstd.open(packed, 'rb') as stream:
                while piece := stream.read(1 << 20):
                    if file.tell() + len(piece) > most:
                        raise ValueError(f'unpacks to more than {MOST_TIMES} times its size')
                    file.write(piece)
        except (zstd.ZstdError, EOFError) as error:
            if not file.tell():
                raise ValueError(str(error)) from error


def unpack_message(data: bytes) -> bytes:
    """Return a message, unpacked if somebody packed it for itself.

    Raises:
        ValueError: If it is damaged or too large.
    """
    if not data.startswith(ZSTD):
        return data
    try:
        unpacker = zstd.ZstdDecompressor()
        found = unpacker.decompress(data, LARGEST_CHUNK)
    except zstd.ZstdError as error:
        raise ValueError(str(error)) from error
    if not unpacker.eof:
        raise ValueError('a message that is cut off or too large')
    return found


def check_tables(path: Path) -> None:
    """Refuse a database that computes instead of holding data.

    Raises:
        ValueError: If it does, or is none.
    """
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
