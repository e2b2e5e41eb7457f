"""Files of named arrays: a dataclass whose fields are arrays is one compressed file."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path
from typing import Any, TypeVar
from zipfile import BadZipFile

import numpy as np

from foresight.errors import DatasetError
from foresight.files import OLD_NAMES, writing

Kind = TypeVar('Kind')
Read = Callable[[str], np.ndarray]


@contextmanager
def reading(path: Path, what: str, remedy: str) -> Iterator[Read]:
    """Open a file of arrays; what is yielded reads one by its name of today.

    `what` the file should hold, and the `remedy` if it does not, go into the error.

    Raises:
        DatasetError: If the file is missing, cut short or holds something else.
    """
    try:
        with path.open('rb') as file, np.load(file, allow_pickle=False) as arrays:
            names = {OLD_NAMES.get(name, name): name for name in arrays.files}
            yield lambda name: np.asarray(arrays[names[name]])
    except (OSError, ValueError, KeyError, EOFError, BadZipFile) as error:
        raise DatasetError(f'{path}: not a whole {what} ({error}): {remedy}') from error


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
    with reading(path, 'file of arrays', 'delete it and run again') as read:
        names = [item.name for item in fields(kind)]  # type: ignore[arg-type]
        return kind(**{name: read(name) for name in names})
