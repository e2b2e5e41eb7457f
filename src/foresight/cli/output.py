"""What a measuring command prints: tables for people, or one JSON document for programs."""

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from foresight.experiments.document import write_json

JsonOption = Annotated[
    str | None,
    typer.Option('--json', metavar='PATH|-', help='Write one JSON document; - = standard output.'),
]
CheckpointOption = Annotated[Path, typer.Option(help='Folder of the world model; not changed.')]
SiteOption = Annotated[str, typer.Option(
    '--site',
    help='Where the robot works: a name in config/sites, or a YAML file; empty = the defaults.',
)]
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


def show(figures: Mapping[str, Any], target: str | None) -> None:
    """Print figures for people, or write them as a document."""
    if target is None:
        table = Table(show_header=False)
        for name, value in figures.items():
            shown = f'{value:.4g}' if isinstance(value, float) else str(value)
            table.add_row(name.replace('_', ' '), '-' if value == {} else shown)
        Console().print(table)
    write_json(figures, target)
