"""Files of named arrays: a dataclass whose fields are arrays is one compressed file."""

import math
import sys
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import fields, is_dataclass
from pathlib import Path
from tokenize import TokenError
from typing import IO, Any, TypeVar
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipExtFile, ZipFile

import numpy as np
from jaxtyping import jaxtyped

from foresight.errors import DatasetError, ForesightError
from foresight.files import OLD_NAMES, writing
from foresight.reading import damaged, opened

Kind = TypeVar('Kind')
Read = Callable[[str], np.ndarray]
LARGEST, LARGEST_CACHE = 1 << 29, 1 << 34
"""Bytes of all arrays of a file, and of one that this package makes for itself."""
HEADERS = {
    (1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0,
}
PLAIN = 'biufU'
"""Kinds of what an array holds: numbers and text."""


@contextmanager
def reading(
    path: Path, what: str, remedy: str, kind: type[ForesightError] = DatasetError,
    most: int = LARGEST,
) -> Iterator[Read]:
    """Open a file of arrays; what is yielded reads one by its name of today.

    `what` the file should hold, and the `remedy` if it does not, go into the error.

    Raises:
        ForesightError: Of that kind, if the file is missing, cut short, holds something else or
            more than `most` bytes.
    """
    with damaged(path, f'not a whole {what}: {remedy}', kind), opened(path, most) as file:
        try:
            with ZipFile(file) as archive:
                yield _reader(archive, most)
        except (BadZipFile, zlib.error, RuntimeError) as error:
            raise ValueError(str(error)) from error


def save_arrays(kept: Any, path: Path) -> None:
    """Write the fields of a dataclass, whole or not at all.

    Raises:
        FileError: If the disk is full or the folder cannot be written.
    """
    with writing(path) as file:
        np.savez_compressed(file, **{item.name: getattr(kept, item.name) for item in fields(kept)})


def load_arrays(kind: type[Kind], path: Path) -> Kind:
    """Read what `save_arrays` wrote.

    Raises:
        DatasetError: If the file is missing, cut short or holds something else.
    """
    remedy = 'delete it and run again'
    with reading(path, 'file of arrays', remedy, most=LARGEST_CACHE) as read:
        names = [item.name for item in fields(kind)]  # type: ignore[arg-type]
        return fitting(kind(**{name: read(name) for name in names}))


def fitting(kept: Kind) -> Kind:
    """Return a dataclass whose arrays are of the types and shapes that it declares.

    An axis of one name is as long in every field.

    Raises:
        ValueError: If one is not.
    """
    with jaxtyped('context'):
        for item in fields(kept):  # type: ignore[arg-type]
            value, wanted = getattr(kept, item.name), item.type
            if is_dataclass(value):
                fitting(value)
            elif isinstance(value, np.ndarray) and not isinstance(value, wanted):  # type: ignore[arg-type]
                raise ValueError(f'{item.name} is {value.dtype} of shape {value.shape}')
    return kept


def read_array(file: IO[bytes] | ZipExtFile, size: int) -> np.ndarray:
    """Read an array of numbers or text, whose file has so many bytes.

    Raises:
        ValueError: If it is anything else, or its header promises another size.
    """
    check_header(file, size)
    file.seek(0)
    array = np.asarray(np.lib.format.read_array(file, allow_pickle=False))
    if array.dtype.kind == 'U' and array.size:
        letters = np.frombuffer(array.tobytes(), f'{array.dtype.byteorder}u4')
        if letters.max(initial=0) > sys.maxunicode:  # Python itself breaks on such a text
            raise ValueError('a text of what are no letters')
    return array


def check_header(file: IO[bytes] | ZipExtFile, size: int) -> None:
    """Refuse an array that is not as long as its file, or holds other things than numbers.

    Raises:
        ValueError: If it is such a one.
    """
    try:
        shape, _, kind = HEADERS[np.lib.format.read_magic(file)](file)
    except (KeyError, SyntaxError, TokenError) as error:
        raise ValueError(f'an unknown header: {error}') from error
    promised = math.prod(map(int, shape)) * kind.itemsize
    if kind.kind not in PLAIN or min(shape, default=0) < 0 or promised != size - file.tell():
        raise ValueError(f'an array of {kind} and shape {shape} in {size} bytes')


def _reader(archive: ZipFile, most: int) -> Read:
    """Return what reads an array of an archive."""
    parts = {item.filename.removesuffix('.npy'): item for item in archive.infolist()}
    if sum(item.file_size for item in parts.values()) > most:
        raise ValueError(f'more than {most} bytes of arrays')
    if any(item.compress_type not in (ZIP_STORED, ZIP_DEFLATED) for item in parts.values()):
        raise ValueError('packed in a way that NumPy does not')
    today = {OLD_NAMES.get(name, name): item for name, item in parts.items()}

    def read(name: str) -> np.ndarray:
        with archive.open(today[name]) as file:
            return read_array(file, today[name].file_size)

    return read
