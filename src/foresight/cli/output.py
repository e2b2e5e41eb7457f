"""What a measuring command prints: tables for people, or one JSON document for programs."""

import json
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from dataclasses import asdict, is_dataclass
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from foresight.files import write_atomically

JsonOption = Annotated[
    str | None,
    typer.Option('--json', metavar='PATH|-', help='Write one JSON document; - = standard output.'),
]


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


@contextmanager
def quiet_stdout(target: str | None) -> Iterator[None]:
    """Send standard output to standard error while `target` claims it for a document.

    The file descriptor itself is redirected, because C libraries and child processes print too.
    """
    if target != '-':
        yield
        return
    sys.stdout.flush()
    kept = os.dup(1)
    os.dup2(2, 1)
    try:
        with redirect_stdout(sys.stderr):
            yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)


def write_json(document: Mapping[str, Any], target: str | None) -> None:
    """Write a document to a path or to standard output; None writes nothing.

    A file appears whole or not at all.
    """
    if target is None:
        return
    text = to_json(document) + '\n'
    if target == '-':
        sys.stdout.write(text)
        sys.stdout.flush()
        return
    write_atomically(Path(target), text)


def write_scores(
    scores: Mapping[str, float], about: Mapping[str, Any], console: Console, target: str | None,
) -> None:
    """Print what a training ended with, or write it as a document.

    Args:
        scores: Held-out scores by name.
        about: What else the document holds; `folder` is where the checkpoint lies.
        console: Where people read.
        target: See `write_json`.
    """
    if target is None:
        for name, value in scores.items():
            console.print(f'{name:<26}{value:.3f}')
        console.print(f'checkpoint: {about["folder"]}')
    write_json({**scores, **about}, target)
