"""A process of this host, told from others that get its number later."""

import os
import re
import signal
from contextlib import suppress
from pathlib import Path


class LocalProcess:
    """The process of a node."""

    def __init__(self, pid: int, started: str) -> None:
        self._pid, self._started = pid, started

    @classmethod
    def find(cls, pid: int, node: str) -> 'LocalProcess | None':
        """Return a process that runs this node; None if there is none such here."""
        started = _started(pid)
        with suppress(OSError):
            words = Path(f'/proc/{pid}/cmdline').read_bytes().decode(errors='replace').split('\0')
            names = {re.split(r'[/.]', word.removesuffix('.py'))[-1] for word in words[:4]}
            if started and names & {node, f'{node}_node'}:
                return cls(pid, started)
        return None

    @property
    def is_alive(self) -> bool:
        """Whether it has not ended."""
        return _started(self._pid) == self._started

    def kill(self) -> None:
        """End it at once."""
        if self.is_alive:
            with suppress(ProcessLookupError):
                os.kill(self._pid, signal.SIGKILL)


def _started(pid: int) -> str:
    """Return when a process began, in words of the kernel; empty if it is gone or a zombie."""
    try:
        said = Path(f'/proc/{pid}/stat').read_text().rpartition(')')[2].split()
    except OSError:
        return ''
    return '' if said[0] in 'ZX' else said[19]
