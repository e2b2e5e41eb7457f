"""What a reader may not do: run long, take much memory, run a program, touch another place."""

import os
import resource
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

LONGEST = 30.0
"""A reader that takes longer hangs [s]."""
ROOM = 4 << 30
"""Memory that the process may take on top of what it has before the first file [byte]."""
FORBIDDEN = ('subprocess.', 'os.system', 'os.exec', 'os.posix_spawn', 'os.fork', 'socket.connect',
             'os.remove', 'os.rename', 'shutil.')


class Hang(BaseException):  # noqa: N818 - no reader may catch it
    """A reader did not come to an end."""


class Watch:
    """Notes what is done while a file is read."""

    def __init__(self) -> None:
        """Begin to listen; there is no way to stop."""
        self.deeds: list[str] = []
        self._folder: Path | None = None
        sys.addaudithook(self._hear)
        signal.signal(signal.SIGALRM, _hang)
        limit_memory()

    @contextmanager
    def over(self, folder: Path) -> Iterator[None]:
        """Note what is done outside of a folder, and end it if it takes too long.

        Temporary files belong into the folder, too.
        """
        self.deeds.clear()
        usual, tempfile.tempdir = tempfile.tempdir, str(folder)
        self._folder = folder.resolve()
        signal.setitimer(signal.ITIMER_REAL, LONGEST)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0.0)
            self._folder, tempfile.tempdir = None, usual

    def _hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        if self._folder is None:
            return
        if event.startswith(FORBIDDEN) and not self._is_inside(arguments):
            self.deeds.append(f'{event} {arguments!r:.200}')
        elif event == 'open' and isinstance(arguments[0], (str, bytes)):
            path, mode, flags = arguments
            writes = flags & 3 or any(letter in (mode or '') for letter in 'wax+')
            if writes and not self._is_inside((path,)) or str(path).startswith('/etc/passwd'):
                self.deeds.append(f'open {path!r} {mode} {flags}')

    def _is_inside(self, arguments: tuple[Any, ...]) -> bool:
        """Tell whether the first path among arguments is in the folder."""
        path = next((item for item in arguments if isinstance(item, (str, bytes, Path))), None)
        base = next((item for item in arguments[1:] if type(item) is int and item >= 0), None)
        if path is None:
            return False
        whole = Path(_place(base), os.fsdecode(path)).absolute()
        return whole.is_relative_to(self._folder or '')


def _place(opened: int | None) -> str:
    """Return where a relative path begins: at a folder that is open, or here."""
    try:
        return '' if opened is None else os.readlink(f'/proc/self/fd/{opened}')
    except OSError:
        return ''


def limit_memory() -> None:
    """Let this process grow by so much and no more."""
    pages = int(Path('/proc/self/statm').read_text().split()[0])
    most = pages * resource.getpagesize() + ROOM
    resource.setrlimit(resource.RLIMIT_AS, (most, most))


def _hang(number: int, frame: FrameType | None) -> None:
    raise Hang


def scratch() -> str:
    """Return where files come and go quickly."""
    return '/dev/shm' if Path('/dev/shm').is_dir() else tempfile.gettempdir()
