"""A document: what was measured and how, as JSON, and the tables of its results page."""

import json
import os
import platform
import shlex
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, is_dataclass
from pathlib import Path
from typing import Any

from foresight.errors import DatasetError
from foresight.files import in_new_names, write_atomically
from foresight.reading import damaged, read_json
from foresight.robots.robot_file import RobotConfig

Document = dict[str, Any]


def plain(value: Any) -> Any:
    """Turn what json does not know into what it does."""
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    if hasattr(value, 'tolist'):  # numpy and torch, scalars too
        return value.tolist()
    if isinstance(value, Path):
        return str(value)
    raise TypeError(f'{type(value).__name__} has no JSON form')


def write_json(document: Mapping[str, Any], target: str | Path | None) -> None:
    """Write a document to a path or, with `-`, to standard output; None writes nothing.

    NaN is refused because no other language reads it.
    """
    if target is None:
        return
    text = json.dumps(document, default=plain, indent=2, allow_nan=False) + '\n'
    if target == '-':
        sys.stdout.write(text)
        sys.stdout.flush()
    else:
        write_atomically(Path(target), text)


def kept(path: Path, make: Callable[[], Mapping[str, Any]]) -> Document:
    """Read a document; make and keep it where there is none."""
    if not path.exists():
        write_json(make(), path)
    with damaged(path, 'delete it and measure again', DatasetError):
        found: Document = in_new_names(read_json(path))
        if not isinstance(found, dict):
            raise ValueError('no JSON object')
    return found


def provenance(settings: Any) -> Document:
    """Say how figures were made: settings, command and machine."""
    return {**asdict(settings), 'machine': machine(), 'command': command()}


def command() -> str:
    """Return the command line that runs, without where it was installed."""
    return shlex.join(['foresight', *sys.argv[1:]])


def machine() -> str:
    """Name what times, and the last digits of floating point, depend on."""
    import torch

    cpuinfo = Path('/proc/cpuinfo')
    lines = cpuinfo.read_text().splitlines() if cpuinfo.exists() else []
    models = [line.partition(':')[2].strip() for line in lines if line.startswith('model name')]
    return (
        f'{models[0] if models else platform.machine()}, {os.cpu_count()} cores, '
        f'Python {platform.python_version()}, torch {torch.__version__}'
    )


def by_robot(document: Mapping[str, Any]) -> str:
    """Say which robot played, in the title of a page, if it is another than the usual one."""
    robot = document.get('robot', RobotConfig.robot)
    return '' if robot == RobotConfig.robot else f' with {robot}'


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Return the lines of a table in Markdown."""
    return ['| ' + ' | '.join(line) + ' |' for line in (head, ['---'] * len(head), *rows)]


def interval(figures: Mapping[str, Any], name: str, digits: int = 2) -> str:
    """Write a figure with its interval: beside it as `<name>_low` and `<name>_high`."""
    value, low, high = (f'{figures[name + end]:.{digits}f}' for end in ('', '_low', '_high'))
    return f'{value} ({low} to {high})'


def difference(found: Mapping[str, float], digits: int = 2) -> str:
    """Write a paired difference with its interval."""
    mean, low, high = (f'{found[name]:+.{digits}f}' for name in ('mean', 'low', 'high'))
    return f'{mean} ({low} to {high})'


def difference_lines(found: Mapping[str, Mapping[str, float]]) -> list[str]:
    """Return the lines of a table of differences in success; nothing where there are none."""
    return table(('difference in success', 'mean', '95 %'), (
        [name, f'{item["mean"]:+.2f}', f'{item["low"]:+.2f} to {item["high"]:+.2f}']
        for name, item in found.items()
    )) if found else []


def closing(document: Mapping[str, Any]) -> list[str]:
    """Return the last lines of a page: the command that makes it again."""
    return ['', '```', document['command'], '```', '']
