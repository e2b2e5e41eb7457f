"""Where work runs: in this process or in several; each builds what it needs once and keeps it."""

import atexit
import multiprocessing
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import cache
from itertools import islice
from typing import Any, Protocol, TypeVar, runtime_checkable

import torch

from foresight.closing import Closing
from foresight.errors import WorkerError
from foresight.signals import die_with

Kept = TypeVar('Kept', covariant=True)
Job = TypeVar('Job')
Result = TypeVar('Result')
AHEAD = 4
"""Jobs that wait or run for each process: one that takes long keeps the others busy."""


@runtime_checkable
class Builder(Protocol[Kept]):
    """Builds what works, in the process that will use it; picklable, equal to its copies."""

    def __call__(self) -> Kept:
        """Build it."""


class _Shelf(Closing):
    """What one process has built so far."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._built: list[tuple[Builder[Any], Any]] = []

    def get(self, build: Builder[Kept]) -> Kept:
        """Return what was built, or build it."""
        for known, kept in self._built:
            if known == build:
                found: Kept = kept
                return found
        made = build()
        self._built.append((build, made))
        return made

    def close(self) -> None:
        """Close what can be closed."""
        while self._built:
            _, kept = self._built.pop()
            if hasattr(kept, 'close'):
                kept.close()


class Crew(Closing):
    """Some processes, each on one thread; with only one, the work is done in this process."""

    def __init__(self, count: int) -> None:
        """Start up to `count` processes when there is work."""
        context = multiprocessing.get_context('spawn')
        self._ahead, self._shelf = AHEAD * count, _Shelf()
        self._pool: ProcessPoolExecutor | None = None
        if count > 1:
            self._pool = ProcessPoolExecutor(count, context, _begin, (os.getpid(),))

    def run(
        self, build: Builder[Kept], use: Callable[[Kept, Job], Result], jobs: Iterable[Job],
    ) -> Iterator[Result]:
        """Yield the result of each job, in order; jobs are drawn as there is somebody to do them.

        Args:
            build: Builds what does the jobs, once a process.
            use: Does one job with it; picklable.
            jobs: Any number of jobs, even without end.

        Raises:
            WorkerError: If a worker process was killed.
        """
        if self._pool is None:
            torch.set_num_threads(1)
            yield from (use(self._shelf.get(build), job) for job in jobs)
            return
        left = iter(jobs)
        pending: deque[Future[Result]] = deque()
        try:
            while True:
                for job in islice(left, self._ahead - len(pending)):
                    pending.append(self._pool.submit(_do, build, use, job))
                if not pending:
                    return
                yield pending.popleft().result()
        except BrokenProcessPool:
            raise WorkerError(
                'a worker process was killed (out of memory?): run again with fewer --workers'
            ) from None
        finally:
            for future in pending:
                future.cancel()

    def close(self) -> None:
        """Finish what runs, end the processes and close what was built in this one."""
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)
        self._shelf.close()


def _begin(parent: int) -> None:
    """Make a worker of a new process: on one thread, and never left behind."""
    die_with(parent)
    torch.set_num_threads(1)


def _do(build: Builder[Kept], use: Callable[[Kept, Job], Result], job: Job) -> Result:
    """Do one job in a worker process."""
    return use(_shelf().get(build), job)


@cache
def _shelf() -> _Shelf:
    """Return what this worker process has built; it is closed when the process ends."""
    shelf = _Shelf()
    atexit.register(shelf.close)
    return shelf
