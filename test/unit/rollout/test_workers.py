"""Claims about work that one process or several do."""

import operator
import os
import signal
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import count, islice

import pytest

from foresight.errors import WorkerError
from foresight.rollout.workers import AHEAD, Crew


class Bell:
    """Something to close."""

    closed = 0

    def close(self) -> None:
        self.closed += 1


@pytest.mark.parametrize('workers', [1, 2])
def test_results_come_in_the_order_of_the_jobs(workers: int) -> None:
    with Crew(workers) as crew:
        assert list(crew.run(int, operator.add, range(20))) == list(range(20))
        assert list(crew.run(int, operator.sub, [1])) == [-1]


def test_two_processes_share_the_work_and_build_once() -> None:
    with Crew(2) as crew:
        built = list(crew.run(os.getpid, operator.add, [0] * 40))
    assert os.getpid() not in built
    assert 1 <= len(set(built)) <= 2


@pytest.mark.parametrize('workers', [1, 2])
def test_jobs_without_end_are_drawn_as_they_are_done(workers: int) -> None:
    drawn: list[int] = []

    def jobs() -> Iterator[int]:
        for job in count():
            drawn.append(job)
            yield job

    with Crew(workers) as crew:
        assert list(islice(crew.run(int, operator.add, jobs()), 3)) == [0, 1, 2]
    assert len(drawn) <= 3 + AHEAD * workers


def test_what_this_process_built_is_kept_and_closed_once() -> None:
    made: list[Bell] = []

    def build() -> Bell:
        made.append(Bell())
        return made[-1]

    crew = Crew(1)
    list(crew.run(build, lambda bell, job: job, range(3)))
    list(crew.run(build, lambda bell, job: job, range(3)))
    crew.close()
    crew.close()
    assert [bell.closed for bell in made] == [1]


@dataclass(frozen=True)
class MakeBell:
    """Builds a bell; a setting may be a mapping, which has no hash."""

    settings: Mapping[str, float]

    def __call__(self) -> Bell:
        return Bell()


def test_equal_builders_build_once() -> None:
    with Crew(1) as crew:
        first, same, other = (
            next(crew.run(MakeBell({'size': size}), lambda bell, job: bell, [0]))
            for size in (1.0, 1.0, 2.0)
        )
    assert first is same
    assert first is not other


def test_a_killed_worker_is_told_with_the_remedy() -> None:
    with Crew(2) as crew, pytest.raises(WorkerError, match='fewer --workers'):
        list(crew.run(os.getpid, os.kill, [signal.SIGKILL]))


@pytest.mark.parametrize('workers', [1, 2])
def test_an_error_of_the_work_comes_through(workers: int) -> None:
    with Crew(workers) as crew, pytest.raises(ZeroDivisionError):
        list(crew.run(int, operator.floordiv, [1, 0][1:]))
