"""MCAP files that nobody closed, or of which bits are flipped: what is whole of them is read."""

import shutil
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from rosbags.rosbag2.errors import ReaderError
from rosbags.rosbag2.storage_mcap import decompress

from foresight.data.bags.bounds import LARGEST_CHUNK

MAGIC = b'\x89MCAP0\r\n'
HEADER, SCHEMA, CHANNEL, MESSAGE, CHUNK = 0x01, 0x03, 0x04, 0x05, 0x06
DATA_END, FOOTER, LAST = 0x0F, 0x02, 0x0F  # records of an MCAP file
HEAD = 9  # a record begins with its kind and its length [byte]
NO_INDEX = (
    bytes([DATA_END]) + (4).to_bytes(8, 'little') + bytes(4)
    + bytes([FOOTER]) + (20).to_bytes(8, 'little') + bytes(20) + MAGIC
)
"""What ends a file that has no index."""
PACKED = struct.Struct('<QQQII')  # of a chunk: first and last time, size, checksum, word length
WORDS = b'\x04\x00\x00\x00zstd', b'\x03\x00\x00\x00lz4'
"""What says in a chunk how it is packed; a chunk is found by it where lengths are damaged."""


@dataclass(frozen=True)
class Rescued:
    """An MCAP file of what is whole of another.

    Attributes:
        path: The new file, or the same one if nothing is wrong with it.
        chunks: Chunks of messages that are damaged.
        lost: Bytes that belong to nothing that is whole.
    """

    path: Path
    chunks: int = 0
    lost: int = 0


def is_closed(path: Path) -> bool:
    """Return whether an MCAP file has an end, or is none at all."""
    with path.open('rb') as file:
        if file.read(len(MAGIC)) != MAGIC:
            return True
        file.seek(max(0, path.stat().st_size - len(MAGIC)))
        return file.read() == MAGIC


def closed(path: Path, folder: Path) -> Rescued:
    """Write what is whole of an MCAP file that was cut off into a folder, with an end.

    Raises:
        ValueError: If nothing is whole.
    """
    if is_closed(path):
        return Rescued(path)
    made = folder / path.name
    shutil.copyfile(path, made)
    with made.open('r+b') as file:
        size = path.stat().st_size
        records, end = _whole(file, size)
        if records < 2:
            raise ValueError('no chunk of messages is whole')
        file.truncate(end)
        file.seek(end)
        file.write(NO_INDEX)
    return Rescued(made, lost=size - end)


def rescue(path: Path, folder: Path) -> Rescued:
    """Write every whole chunk of an MCAP file into a folder, wherever another is damaged.

    Raises:
        ValueError: If it is no MCAP file, or nothing is whole.
    """
    made, kept, damaged, lost = folder / path.name, 0, 0, 0
    with path.open('rb') as file, made.open('wb') as out:
        if file.read(len(MAGIC)) != MAGIC:
            raise ValueError('no MCAP file')
        out.write(MAGIC)
        for kind, place, length in _records(file, path.stat().st_size):
            if not kind:
                lost += length
                continue
            file.seek(place)
            if kind == CHUNK and not _is_sound(file, length):
                damaged, lost = damaged + 1, lost + length
                continue
            if kind in (HEADER, SCHEMA, CHANNEL, MESSAGE, CHUNK):
                kept += kind in (MESSAGE, CHUNK)
                file.seek(place)
                _copy(file, out, HEAD + length)
        out.write(NO_INDEX)
    if not kept:
        raise ValueError('no chunk of messages is whole')
    return Rescued(made, damaged, lost)


def _whole(file: BinaryIO, size: int) -> tuple[int, int]:
    """Return how many records are whole, the header among them, and where the last one ends."""
    records, end = 0, file.seek(len(MAGIC))
    while len(head := file.read(HEAD)) == HEAD and head[0] not in (DATA_END, FOOTER):
        after = end + HEAD + int.from_bytes(head[1:], 'little')
        if after > size:
            break
        records, end = records + 1, file.seek(after)
    return records, end


def _records(file: BinaryIO, size: int) -> Iterator[tuple[int, int, int]]:
    """Yield kind, place and length of each record; kind 0 is what is none."""
    place = len(MAGIC)
    while place < size:
        file.seek(place)
        head = file.read(HEAD)
        if len(head) == HEAD and head[0] == FOOTER:
            return
        length = int.from_bytes(head[1:], 'little')
        if len(head) == HEAD and 0 < head[0] <= LAST and place + HEAD + length <= size:
            yield head[0], place, length
            place += HEAD + length
            continue
        after = _next_chunk(file, place + 1, size)
        yield 0, place, after - place
        place = after


def _next_chunk(file: BinaryIO, place: int, size: int) -> int:
    """Return where the next packed chunk begins; the end of the file if there is none."""
    file.seek(place)
    tail = b''
    while piece := file.read(1 << 22):
        seen = tail + piece
        found = [at for word in WORDS if (at := seen.find(word, HEAD + PACKED.size - 4)) > 0]
        if found:
            return file.tell() - len(seen) + min(found) - (HEAD + PACKED.size - 4)
        tail = seen[-64:]
    return size


def _is_sound(file: BinaryIO, length: int) -> bool:
    """Tell whether the chunk that begins here can be unpacked."""
    if not HEAD < length <= LARGEST_CHUNK:
        return False
    file.seek(HEAD, 1)
    body = file.read(length)
    try:
        _, _, size, check, word = PACKED.unpack_from(body)
        packing = body[PACKED.size:PACKED.size + word].decode()
        (packed,) = struct.unpack_from('<Q', body, PACKED.size + word)
        start = PACKED.size + word + 8
        return _is_walkable(decompress(body[start:start + packed], packing, size, check))
    except (ReaderError, ValueError, struct.error, MemoryError):
        return False


def _is_walkable(chunk: bytes) -> bool:
    """Tell whether the records of a chunk follow one another to its end."""
    place = 0
    while place + HEAD <= len(chunk):
        place += HEAD + int.from_bytes(chunk[place + 1:place + HEAD], 'little')
    return place == len(chunk)


def _copy(file: BinaryIO, out: BinaryIO, length: int) -> None:
    """Copy so many bytes."""
    while length > 0:
        piece = file.read(min(length, 1 << 20))
        out.write(piece)
        length -= len(piece)
