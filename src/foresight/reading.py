"""How a file is read, whoever wrote it: its size is bounded first, and nothing in it runs."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from stat import S_ISREG
from typing import Any, BinaryIO

import yaml

from foresight.errors import ForesightError

LONGEST_YAML, LONGEST_JSON, LONGEST_TEXT = 1 << 16, 1 << 24, 1 << 26
"""Bytes of a file that a person writes, of one that the package writes, and of a record."""
DEEPEST = 32
"""Lists and mappings within one another."""
DAMAGE = (
    OSError, ValueError, LookupError, TypeError, AttributeError, ArithmeticError, EOFError,
    NotImplementedError,
)
"""What code raises that meets other content than it was written for."""


@contextmanager
def damaged(path: Path, remedy: str, kind: type[ForesightError]) -> Iterator[None]:
    """Say of whatever is wrong with a file's content which file it is, and what to do.

    An error of the `kind` says what to do already.

    Raises:
        ForesightError: Of that kind.
    """
    try:
        yield
    except kind as error:
        if str(path) in str(error):
            raise
        raise kind(f'{path}: {error}') from error
    except ForesightError as error:
        raise kind(f'{path} is damaged ({error}): {remedy}') from error
    except DAMAGE as error:
        what = 'cannot be read' if isinstance(error, OSError) else 'is damaged'
        raise kind(f'{path} {what} ({reason(error)}): {remedy}') from error


def reason(error: Exception) -> str:
    """Say in a few words why something could not be read."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    if isinstance(error, KeyError):
        return f'{error} is missing or unknown'
    return str(error) or type(error).__name__


@contextmanager
def opened(path: Path, most: int) -> Iterator[BinaryIO]:
    """Open a file to read; a pipe, a device or a folder is none.

    Raises:
        OSError: If it is not there.
        ValueError: If it is no file, or has more than `most` bytes.
    """
    with open(path, 'rb', opener=_without_waiting) as file:
        status = os.fstat(file.fileno())
        if not S_ISREG(status.st_mode):
            raise ValueError('no file')
        if status.st_size > most:
            raise ValueError(f'larger than {most} bytes')
        yield file


def read_bytes(path: Path, most: int) -> bytes:
    """Read a whole file; see `opened`."""
    with opened(path, most) as file:
        return file.read(os.fstat(file.fileno()).st_size)


def read_text(path: Path, most: int = LONGEST_TEXT) -> str:
    """Read a text; see `opened`."""
    return read_bytes(path, most).decode()


def read_json(path: Path) -> Any:
    """Read JSON; see `opened` and `parse_json`."""
    return parse_json(read_text(path, LONGEST_JSON))


def parse_json(text: str) -> Any:
    """Return what JSON says.

    Raises:
        ValueError: If it is none, says a key twice, or nests too deep.
    """
    try:
        found = json.loads(text, object_pairs_hook=_once)
    except RecursionError:
        raise ValueError('nested too deep') from None
    _shallow(found, DEEPEST)
    return found


def read_yaml(path: Path, most: int = LONGEST_YAML) -> Any:
    """Read plain YAML: no tags, no aliases, no key twice; see `opened`.

    Raises:
        ValueError: If it is anything else.
    """
    content = read_bytes(path, most)
    try:
        loader = _PlainLoader(content)
        try:
            return loader.get_single_data()
        finally:
            loader.dispose()  # type: ignore[no-untyped-call]
    except yaml.YAMLError as error:
        raise ValueError(f'cannot be read as YAML: {error}') from error


class _PlainLoader(yaml.SafeLoader):
    """Reads what lists, mappings, words and numbers can say."""

    def __init__(self, content: bytes) -> None:
        super().__init__(content)
        self._left = DEEPEST

    def compose_node(self, parent: Any, index: Any) -> Any:
        """Read one value."""
        event = self.peek_event()  # type: ignore[no-untyped-call]
        if isinstance(event, yaml.AliasEvent) or event.anchor or event.tag:
            raise ValueError(f'{_at(event)}: write the value out, without &, * and !')
        self._left -= 1
        if self._left < 0:
            raise ValueError(f'{_at(event)}: nested too deep')
        node = super().compose_node(parent, index)  # type: ignore[no-untyped-call]
        self._left += 1
        return node

    def construct_mapping(self, node: Any, deep: bool = False) -> Any:
        """Read a mapping."""
        found = super().construct_mapping(node, deep)  # type: ignore[no-untyped-call]
        if len(found) < len(node.value):
            raise ValueError(f'{_at(node)}: a key is there twice')
        return found


def _at(part: Any) -> str:
    """Say where in a YAML file something is."""
    return f'line {part.start_mark.line + 1}'


def _without_waiting(path: str, flags: int) -> int:
    """Open a file; a pipe that nobody writes to is opened too, not waited for."""
    return os.open(path, flags | os.O_NONBLOCK)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object of JSON, whose keys are all different."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError('a key is there twice')
    return found


def _shallow(value: Any, left: int) -> None:
    """Refuse what nests too deep."""
    if left < 0:
        raise ValueError('nested too deep')
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for part in parts:
        _shallow(part, left - 1)
