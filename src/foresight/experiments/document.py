"""A document: what was measured and how, as JSON and as a results page."""

import json
import os
import platform
import shlex
import sys
from collections.abc import Mapping
from dataclasses import asdict, is_dataclass
from pathlib import Path
from typing import Any

from foresight.files import write_atomically

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


def to_json(document: Mapping[str, Any]) -> str:
    """Render a document; NaN is refused because no other language reads it."""
    return json.dumps(document, default=plain, indent=2, allow_nan=False)


def write_json(document: Mapping[str, Any], target: str | Path | None) -> None:
    """Write a document to a path or, with `-`, to standard output; None writes nothing."""
    if target is None:
        return
    text = to_json(document) + '\n'
    if target == '-':
        sys.stdout.write(text)
        sys.stdout.flush()
    else:
        write_atomically(Path(target), text)


def write_page(document: Mapping[str, Any], page: str, stem: Path) -> None:
    """Write a document and its page beside each other."""
    write_json(document, stem.with_name(f'{stem.name}.json'))
    write_atomically(stem.with_name(f'{stem.name}.md'), page)


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
