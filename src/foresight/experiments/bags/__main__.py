"""Import bags of growing size, each in a process of its own, and write the results page."""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from foresight.experiments.bags.synthetic import Kind, Synthetic
from foresight.experiments.document import machine
from foresight.files import write_atomically

KINDS = (
    Kind('raw 640x480 at 30 Hz', 480, 640, 30), Kind('JPEG 640x480 at 30 Hz', 480, 640, 30, True),
    Kind('raw 128x96 at 30 Hz', 96, 128, 30),
)
LARGEST = 'raw 640x480 at 30 Hz'
"""Kind that is measured at every size; the others at the smallest."""
EMPTY = 0.001  # size of a bag of next to nothing [GB]
HEAD = """# Importing bags

`python -m foresight.experiments.bags` writes this page: bags of noise, which nothing packs, with
joint states at 100 Hz and a push every 8 s, each imported in a process of its own on one core
({machine}).
Times are those of the processor, with the {start:.1f} s or so that loading the package takes;
memory is the most that was resident, {least:.0f} MB of which the package takes before it reads
anything.

| bag | size [GB] | length [s] | pushes | processor [s] | times real time | memory [MB] |
|---|---|---|---|---|---|---|
"""


@dataclass(frozen=True)
class Row:
    """What one import took."""

    kind: str
    gigabytes: float
    length: float
    pushes: int
    seconds: float
    memory: float


def measure(kind: Kind, gigabytes: float, folder: Path) -> Row:
    """Write a bag, import it and remove it."""
    with TemporaryDirectory(dir=folder) as place:
        length = Synthetic(kind).write(Path(place) / 'bag', round(gigabytes * 1e9))
        said = Path(place) / 'said.json'
        seconds, memory = run(['data', 'import', place, '--json', str(said)])
        pushes = int(json.loads(said.read_text())['actions'])
    return Row(kind.name, gigabytes, length, pushes, seconds, memory)


def run(words: Sequence[str]) -> tuple[float, float]:
    """Run a command; return the time of the processor [s] and the most memory [MB]."""
    command = [sys.executable, '-m', 'foresight.cli.main', *words]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as child:
        _, status, used = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise RuntimeError(f'{" ".join(words)} ended with {child.returncode}')
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024.0


def page(rows: Sequence[Row], empty: Row) -> str:
    """Return the page; `empty` is what importing next to nothing took."""
    text = HEAD.format(machine=machine(), start=empty.seconds, least=empty.memory)
    for row in rows:
        text += (f'| {row.kind} | {row.gigabytes:g} | {row.length:.0f} | {row.pushes} '
                 f'| {row.seconds:.1f} | {row.length / row.seconds:.0f} | {row.memory:.0f} |\n')
    return text


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(prog='python -m foresight.experiments.bags')
    parser.add_argument('--sizes', type=float, nargs='+', default=[0.25, 1.0, 2.0], help='GB')
    parser.add_argument('--folder', type=Path, default=None, help='where bags are for a while')
    parser.add_argument('--page', type=Path, default=Path('docs/results/bags.md'))
    given = parser.parse_args()
    empty, rows = measure(KINDS[-1], EMPTY, given.folder), []
    for kind in KINDS:
        for size in given.sizes if kind.name == LARGEST else given.sizes[:1]:
            rows.append(measure(kind, size, given.folder))
            print(rows[-1], flush=True)
            write_atomically(given.page, page(rows, empty))


if __name__ == '__main__':
    main()
