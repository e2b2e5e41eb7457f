"""Where thinking happens: in a thread of its own, or here and now."""

from collections.abc import Callable
from concurrent.futures import Future
from typing import ParamSpec, Protocol, TypeVar, runtime_checkable

P = ParamSpec('P')
T = TypeVar('T')


@runtime_checkable
class Run(Protocol):
    """Where thinking happens, one job after the other; `ThreadPoolExecutor(1).submit` is one."""

    def __call__(self, job: Callable[P, T], /, *given: P.args, **named: P.kwargs) -> Future[T]:
        """Begin a job."""


def at_once(job: Callable[P, T], /, *given: P.args, **named: P.kwargs) -> Future[T]:
    """Do a job here and now, as the lockstep loop wants it."""
    done: Future[T] = Future()
    done.set_result(job(*given, **named))
    return done
