"""Where the files beside the code are, how a file is written, and what it is known by."""

import fcntl
import hashlib
import os
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, BinaryIO

from foresight.errors import ConfigError, FileError

PACKAGE = 'foresight'
DISTRIBUTION = 'foresight-robotics'
"""What pip calls the package: on PyPI, `foresight` is somebody else's."""
LOCK = '.lock'
"""File that the process holds which keeps a folder to itself."""
OLD_NAMES = {
    'pushes': 'actions', 'frame_pushes': 'frame_actions', 'max_pushes': 'max_actions',
    'pushes_an_object': 'actions_an_object', 'pushes_an_episode': 'actions_an_episode',
}
"""Names in files that were written when there was one kind of macro-action, and today's."""


@cache
def root() -> Path:
    """Return the checkout, or the installed share/foresight this code belongs to.

    Walking up from the code finds the right one of several installations: a virtual
    environment, `pip install --user` and a colcon workspace all keep `share` beside `lib`.
    """
    for parent in Path(__file__).resolve().parents:
        for candidate in (parent, parent / 'share' / PACKAGE):
            if (candidate / 'package.xml').is_file() and (candidate / 'config').is_dir():
                return candidate
    raise ConfigError('the files of share/foresight are missing: install the package again')


def share(relative: str) -> Path:
    """Find a file or folder of the package, such as `config/planner.yaml`.

    Raises:
        ConfigError: If it is not there.
    """
    path = root() / relative
    if not path.exists():
        raise ConfigError(f'{relative} is not in this installation: install {DISTRIBUTION} again')
    return path


def find_file(kind: str, name: str | Path) -> Path:
    """Find the YAML file of a `task` or a `site`: its path, or its name in this package.

    Raises:
        ConfigError: If there is none of that name.
    """
    folder, given = share(f'config/{kind}s'), Path(name).suffix in ('.yaml', '.yml')
    path = Path(name) if given else folder / f'{name}.yaml'
    if not path.is_file():
        known = ', '.join(sorted(item.stem for item in folder.glob('*.yaml')))
        what = 'file' if given else kind
        raise ConfigError(
            f'there is no {what} {str(name)!r}: choose one of {known}, or give a YAML file'
        )
    return path


def at_home(value: Any) -> Any:
    """Return a value; `~/` at its beginning is the home directory, as shells have it."""
    if isinstance(value, list):
        return [at_home(entry) for entry in value]
    if isinstance(value, (str, Path)) and str(value).startswith('~/'):
        return type(value)(Path(value).expanduser())
    return value


def find_model(folder: str | Path) -> Path:
    """Return the folder of a checkpoint: as given if it exists, else the one of the package.

    One of the package may be called by its name alone, such as `clear_table`. If there is
    none, loading it says what to do.
    """
    given = Path(folder)
    for found in (given, root() / given, root() / 'models' / given):
        if found.is_dir():
            return found
    return given


def version() -> str:
    """Return the version that package.xml states."""
    text = ElementTree.parse(share('package.xml')).findtext('version')
    if text is None:
        raise ConfigError('package.xml states no version: install the package again')
    return text


@contextmanager
def writing(path: Path) -> Iterator[BinaryIO]:
    """Open a file to write: a reader finds the old one or the new one, never a part of it.

    Raises:
        FileError: If it cannot be written; what was there stays.
    """
    partial = path.with_name(f'{path.name}.part')
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with partial.open('wb') as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    except OSError as error:
        raise FileError(
            f'cannot write {path}: {error.strerror or error}; free some disk or choose another '
            'place, then do the same again'
        ) from error
    finally:
        if partial.is_file():
            partial.unlink()


def write_atomically(path: Path, content: bytes | str) -> None:
    """Write a file whole or not at all; text as UTF-8.

    Raises:
        FileError: If it cannot be written; what was there stays.
    """
    with writing(path) as file:
        file.write(content.encode() if isinstance(content, str) else content)


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Keep a folder to this process, which may end in any way.

    Raises:
        FileError: If another one keeps it, or it cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / LOCK).open('w')
    except OSError as error:
        raise FileError(
            f'cannot write {folder}: {error.strerror}; choose another --out'
        ) from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise FileError(
                f'{folder} is in use by another command: wait for its end, or choose another --out'
            ) from error
        yield


def in_new_names(described: Any) -> Any:
    """Return what a JSON file says, with old names in today's words, at any depth."""
    if isinstance(described, dict):
        return {OLD_NAMES.get(k, k): in_new_names(v) for k, v in described.items()}
    return [in_new_names(v) for v in described] if isinstance(described, list) else described


def sha256(*parts: bytes) -> str:
    """Return the hash of some bytes, in hexadecimal."""
    known = hashlib.sha256()
    for part in parts:
        known.update(part)
    return known.hexdigest()
