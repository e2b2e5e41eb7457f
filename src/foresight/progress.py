"""Bars for work that is counted."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

Item = TypeVar('Item')
A_MINUTE = 60.0  # [s]


@contextmanager
def bars(console: Console) -> Iterator[Progress]:
    """Show one bar a task; every task has a field `rate`, for what is said beside it."""
    columns = (
        TextColumn('{task.description:<20}'), BarColumn(), MofNCompleteColumn(),
        TextColumn('{task.fields[rate]}'), TimeElapsedColumn(), TimeRemainingColumn(),
    )
    if not console.is_terminal:
        yield Lines(console=console, disable=True)
        return
    with Progress(*columns, console=console) as progress:
        yield progress


class Lines(Progress):
    """Says how far each task is in plain lines, now and then: where no bar can move."""

    def update(self, task_id: TaskID, **changed: Any) -> None:
        """Take note, and say it when it is time."""
        super().update(task_id, **changed)
        self._say(task_id)

    def advance(self, task_id: TaskID, advance: float = 1) -> None:
        """Take note, and say it when it is time."""
        super().advance(task_id, advance)
        self._say(task_id)

    def _say(self, task_id: TaskID) -> None:
        """Print a line a minute, and one at the end."""
        task, now = self._tasks[task_id], self.get_time()
        task.fields.setdefault('said', now)
        if now - task.fields['said'] < A_MINUTE and not task.finished:
            return
        if task.fields.get('ended'):
            return
        task.fields |= {'said': now, 'ended': task.finished}
        total = '' if task.total is None else f' of {task.total:.0f}'
        print(
            f'{task.description}: {task.completed:.0f}{total} {task.fields["rate"]}'.rstrip(),
            f'after {task.elapsed or 0.0:.0f} s', file=self.console.file, flush=True,
        )


def counted(progress: Progress, name: str, items: Iterable[Item], total: int) -> Iterator[Item]:
    """Yield items and advance a bar of that name."""
    bar = progress.add_task(name, total=total, rate='')
    for item in items:
        progress.advance(bar)
        yield item
