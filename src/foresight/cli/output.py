"""What a measuring command prints: tables for people, or one JSON document for programs."""

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from typing import Annotated, Any

import typer
from rich.console import Console

from foresight.experiments.document import write_json

JsonOption = Annotated[
    str | None,
    typer.Option('--json', metavar='PATH|-', help='Write one JSON document; - = standard output.'),
]
RobotOption = Annotated[
    str, typer.Option('--robot', help='Name of the robot, its folder, or its file.'),
]


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
