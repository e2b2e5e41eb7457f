"""The files of a bag, however it was packed, split or cut off; metadata.yaml is not needed."""

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from rosbags.rosbag2 import Reader

from foresight.data.bags.bounds import check_file, unpack_file
from foresight.data.bags.folder import files_of
from foresight.data.bags.recovery import Rescued, closed

Mend = Callable[[Path, Path], Rescued]


@dataclass(frozen=True)
class Files:
    """The open files of a bag in their order, and what is lost of them."""

    readers: tuple[Reader, ...]
    remarks: tuple[str, ...]


@contextmanager
def open_files(bag: Path, mend: Mend = closed) -> Iterator[Files]:
    """Open the files of a bag; `mend` makes a whole MCAP file of one, in a folder.

    Raises:
        OSError: If one is not there.
        ValueError: If there is none, or one cannot be opened with bounded means.
    """
    found = files_of(bag)
    if not found:
        raise ValueError('no file of a bag')
    with ExitStack() as stack:
        remarks: list[str] = []
        readers = []
        for number, path in enumerate(found):
            spare = Path(stack.enter_context(TemporaryDirectory(prefix=f'bag{number}_')))
            whole = _plain(path, spare, mend, remarks)
            readers.append(stack.enter_context(Reader(whole)))
        yield Files(tuple(readers), tuple(remarks))


def _plain(path: Path, spare: Path, mend: Mend, remarks: list[str]) -> Path:
    """Return a file that can be read as it is."""
    if path.suffix == '.zstd':
        unpacked = spare / path.stem
        unpack_file(path, unpacked)
        path = unpacked
    check_file(path)
    if path.suffix == '.db3':
        return _database(path, spare)
    (spare / 'whole').mkdir()
    rescued = mend(path, spare / 'whole')
    if rescued.chunks:
        remarks.append(f'{path.name}: {rescued.chunks} damaged chunks of messages are left out')
    if rescued.lost:
        remarks.append(f'{path.name} was cut off or is damaged: {rescued.lost} bytes are lost')
    return rescued.path


def _database(path: Path, spare: Path) -> Path:
    """Return a database under a plain name, with what a killed recorder left beside it."""
    log, plain = path.with_name(f'{path.name}-wal'), spare / 'plain.db3'
    if not (log.is_file() and log.stat().st_size):
        plain.symlink_to(path.absolute())
        return plain
    shutil.copyfile(path, plain)
    shutil.copyfile(log, plain.with_name('plain.db3-wal'))
    with closing(sqlite3.connect(plain)) as known:
        known.execute('PRAGMA trusted_schema = OFF')
        known.execute('PRAGMA wal_checkpoint(TRUNCATE)')
    check_file(plain)
    return plain
