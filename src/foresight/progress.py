"""Bars for work that is counted."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

Item = TypeVar('Item')


@contextmanager
def bars(console: Console) -> Iterator[Progress]:
    """Show one bar a task; every task has a field `rate`, for what is said beside it."""
    columns = (
        TextColumn('{task.description:<20}'), BarColumn(), MofNCompleteColumn(),
        TextColumn('{task.fields[rate]}'), TimeElapsedColumn(), TimeRemainingColumn(),
    )
    with Progress(*columns, console=console) as progress:
        yield progress


def counted(progress: Progress, name: str, items: Iterable[Item], total: int) -> Iterator[Item]:
    """Yield items and advance a bar of that name."""
    bar = progress.add_task(name, total=total, rate='')
    for item in items:
        progress.advance(bar)
        yield item
