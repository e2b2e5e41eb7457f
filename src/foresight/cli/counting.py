"""A bar for work that is counted."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)


@contextmanager
def counting(console: Console, name: str, total: int) -> Iterator[tuple[Progress, TaskID]]:
    """Show one bar; update the task with what is done."""
    columns = TextColumn(name), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    with Progress(*columns, console=console) as progress:
        yield progress, progress.add_task(name, total=total)
