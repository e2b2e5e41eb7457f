"""SIGINT and SIGTERM during long work, which comes to a good end first; nothing is left behind."""

import ctypes
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM)
PR_SET_PDEATHSIG = 1  # of linux/prctl.h
LIBC = ctypes.CDLL(None, use_errno=True)


def die_with(parent: int, by: int = signal.SIGKILL) -> None:
    """Let this process get a signal when its parent is gone, even by SIGKILL."""
    LIBC.prctl(PR_SET_PDEATHSIG, by)
    if os.getppid() != parent:  # it was gone before the kernel was asked
        os._exit(1)


def hang_up_as_sigterm() -> None:
    """Let SIGHUP, of a closed terminal or a parent that is gone, count as SIGTERM, once."""
    def hear(number: int, frame: FrameType | None) -> None:
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        os.kill(os.getpid(), signal.SIGTERM)

    signal.signal(signal.SIGHUP, hear)


def heed_signals() -> list[int]:
    """Return where the first signal will be; the next one interrupts."""
    heard: list[int] = []

    def hear(number: int, frame: FrameType | None) -> None:
        heard.append(number)
        for each in SIGNALS:
            signal.signal(each, signal.default_int_handler)

    for each in SIGNALS:
        signal.signal(each, hear)
    return heard


@contextmanager
def heeding_signals() -> Iterator[list[int]]:
    """Yield where the first signal will be, and leave signals as they were.

    Only the main thread of a process hears any.
    """
    if threading.current_thread() is not threading.main_thread():
        yield []
        return
    before = {each: signal.getsignal(each) for each in SIGNALS}
    try:
        yield heed_signals()
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def status(heard: list[int]) -> int:
    """Return the exit status of a process that a signal ended."""
    return 128 + heard[0]


@contextmanager
def terminating() -> Iterator[None]:
    """Let SIGTERM interrupt as SIGINT does; the process then ends with the status of SIGTERM."""
    heard: list[int] = []

    def interrupt(number: int, frame: FrameType | None) -> None:
        heard.append(number)
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    except KeyboardInterrupt:
        if heard:
            raise SystemExit(status(heard)) from None
        raise
    finally:
        signal.signal(signal.SIGTERM, before)
