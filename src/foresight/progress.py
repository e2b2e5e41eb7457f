"""Bars for work that is counted."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)


@contextmanager
def bars(console: Console) -> Iterator[Progress]:
    """Show one bar a task; every task has a field `rate`, for what is said beside it."""
    columns = (
        TextColumn('{task.description:<20}'), BarColumn(), MofNCompleteColumn(),
        TextColumn('{task.fields[rate]}'), TimeElapsedColumn(), TimeRemainingColumn(),
    )
    with Progress(*columns, console=console) as progress:
        yield progress
