"""Two commands in one folder are kept apart, and a command that ends leaves nobody behind."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from foresight.errors import FileError
from foresight.files import alone

COLLECT = [sys.executable, '-m', 'foresight.cli.main', 'data', 'collect', '--actions', '100000',
           '--actions-an-episode', '1', '--no-frames', '--workers', '2', '--out']


def children(parent: int) -> list[int]:
    """The processes that a process has started, and theirs."""
    found = []
    for entry in Path('/proc').iterdir():
        try:
            stat = (entry / 'stat').read_text() if entry.name.isdigit() else ''
        except OSError:
            continue  # it has just ended
        if stat and int(stat.rpartition(')')[2].split()[1]) == parent:
            found += [int(entry.name), *children(int(entry.name))]
    return found


def wait(condition: Callable[[], object], seconds: float = 120.0) -> bool:
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.1)
    return True


def alive(process: int) -> bool:
    """Whether a process runs; one that waits to be buried does not."""
    try:
        return Path(f'/proc/{process}/stat').read_text().rpartition(')')[2].split()[0] != 'Z'
    except OSError:
        return False


@contextmanager
def collecting(folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Collect until workers play."""
    with subprocess.Popen([*COLLECT, str(folder)], stderr=subprocess.DEVNULL) as process:
        try:
            assert wait(lambda: list(folder.glob('episode_*.npz')))
            yield process
        finally:
            process.kill()


def test_a_folder_is_one_process_alone(tmp_path: Path) -> None:
    with alone(tmp_path / 'new'), pytest.raises(FileError, match='new is in use by another'), \
            alone(tmp_path / 'new'):
        pass
    with alone(tmp_path / 'new'):
        pass


def test_a_folder_that_cannot_be_made_says_so(tmp_path: Path) -> None:
    (tmp_path / 'file').touch()
    with pytest.raises(FileError, match='cannot write .*file/new: Not a directory; choose'), \
            alone(tmp_path / 'file' / 'new'):
        pass


@pytest.mark.slow
def test_a_second_command_is_refused_and_the_first_leaves_no_worker(tmp_path: Path) -> None:
    with collecting(tmp_path) as process:
        second = subprocess.run([*COLLECT, str(tmp_path)], capture_output=True, text=True,
                                timeout=120, check=False)
        assert second.returncode == 2 and 'is in use by another command' in second.stderr
        started = children(process.pid)
        assert len(started) >= 2
        process.send_signal(signal.SIGTERM)
        assert process.wait(120) == 128 + signal.SIGTERM
        assert wait(lambda: not any(map(alive, started)), 20.0)


@pytest.mark.slow
def test_a_command_that_is_killed_leaves_no_worker(tmp_path: Path) -> None:
    with collecting(tmp_path) as process:
        started = children(process.pid)
        assert len(started) >= 2
        os.kill(process.pid, signal.SIGKILL)
        assert wait(lambda: not any(map(alive, started)), 20.0)
    with alone(tmp_path):
        pass
