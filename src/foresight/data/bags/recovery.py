"""Bags that nobody closed: what is whole of their MCAP files is read, up to the cut."""

import shutil
from pathlib import Path
from typing import BinaryIO

MAGIC = b'\x89MCAP0\r\n'
DATA_END, FOOTER = 0x0F, 0x02  # records of an MCAP file
HEAD = 9  # a record begins with its kind and its length [byte]
NO_INDEX = (
    bytes([DATA_END]) + (4).to_bytes(8, 'little') + bytes(4)
    + bytes([FOOTER]) + (20).to_bytes(8, 'little') + bytes(20) + MAGIC
)
"""What ends a file that has no index."""


def is_closed(path: Path) -> bool:
    """Return whether an MCAP file has an end, or is none at all."""
    with path.open('rb') as file:
        if file.read(len(MAGIC)) != MAGIC:
            return True
        file.seek(max(0, path.stat().st_size - len(MAGIC)))
        return file.read() == MAGIC


def closed(path: Path, folder: Path) -> Path:
    """Write what is whole of an MCAP file that was cut off into a folder, with an end.

    Returns:
        The new file, or the same one if nothing is wrong with it.

    Raises:
        ValueError: If nothing is whole.
    """
    if is_closed(path):
        return path
    made = folder / path.name
    shutil.copyfile(path, made)
    with made.open('r+b') as file:
        records, end = _whole(file, path.stat().st_size)
        if records < 2:
            raise ValueError('no chunk of messages is whole')
        file.truncate(end)
        file.seek(end)
        file.write(NO_INDEX)
    return made


def _whole(file: BinaryIO, size: int) -> tuple[int, int]:
    """Return how many records are whole, the header among them, and where the last one ends."""
    records, end = 0, file.seek(len(MAGIC))
    while len(head := file.read(HEAD)) == HEAD and head[0] not in (DATA_END, FOOTER):
        after = end + HEAD + int.from_bytes(head[1:], 'little')
        if after > size:
            break
        records, end = records + 1, file.seek(after)
    return records, end
