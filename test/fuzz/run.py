"""Feeds broken and hostile files to every reader: `make fuzz`; a failure keeps its input."""

import argparse
import faulthandler
import random
import shutil
import sys
import tempfile
import time
import traceback
import warnings
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import readers as readers_module
from readers import Reader
from watch import Hang, Watch, scratch

from foresight.errors import ForesightError

SLOW = 2.0
"""Longest time of the processor that a small file may take [s]."""


@dataclass
class Tally:
    """What became of the files of one reader."""

    inputs: int = 0
    refused: int = 0
    worst: float = 0.0
    failures: Counter[str] = field(default_factory=Counter)


def line_fault(error: ForesightError, folder: Path) -> str:
    """Say what is wrong with the line of an error; empty if nothing is."""
    line = str(error)
    if len(line.splitlines()) != 1 or not line.isprintable():
        return 'the error is not one printable line'
    if len(line) > 2000:
        return 'the error is longer than 2000 letters'
    if folder.name not in line:
        return f'the error names no file: {type(error).__name__}: {line[:100]}'
    return '' if ': ' in line else 'the error names no remedy'


def try_one(reader: Reader, folder: Path, watch: Watch, tally: Tally) -> str:
    """Read one file; return what went wrong, empty if nothing did."""
    begin, fault = time.process_time(), ''  # others may use the processor too
    try:
        with watch.over(folder):
            reader.read(folder)
    except ForesightError as error:
        tally.refused += 1
        fault = line_fault(error, folder)
    except Hang:
        fault = 'hangs'
    except Exception as error:  # noqa: BLE001 - what must not come out is what is looked for
        place = traceback.extract_tb(error.__traceback__)
        ours = [frame for frame in place if '/foresight/' in frame.filename] or place
        fault = f'{type(error).__name__} at {Path(ours[-1].filename).name}:{ours[-1].lineno}'
    seconds = time.process_time() - begin
    tally.inputs, tally.worst = tally.inputs + 1, max(tally.worst, seconds)
    if not fault and seconds > SLOW:
        fault = 'slow'
    return fault or (f'does {watch.deeds[0]}' if watch.deeds else '')


def fuzz(reader: Reader, count: int, seed: int, watch: Watch, kept: Path) -> Tally:
    """Give a reader so many files."""
    tally = Tally()
    with tempfile.TemporaryDirectory(dir=scratch()) as place:
        reader.make(Path(place) / 'good', None)
        reader.read(Path(place) / 'good')
        for index in range(count):
            dice = random.Random(f'{seed} {reader.name} {index}')
            folder = Path(place) / f'case_{index}'
            reader.make(folder, dice)
            faulthandler.dump_traceback_later(60, exit=True)
            if fault := try_one(reader, folder, watch, tally):
                tally.failures[fault] += 1
                if tally.failures[fault] <= 3:
                    target = kept / reader.name / str(index)
                    shutil.rmtree(target, ignore_errors=True)
                    shutil.copytree(folder, target, symlinks=True, ignore=_specials)
            faulthandler.cancel_dump_traceback_later()
            shutil.rmtree(folder)
    return tally


def _specials(folder: str, names: list[str]) -> list[str]:
    """Leave out pipes and holes: they cannot be copied."""
    paths = [Path(folder) / name for name in names]
    return [path.name for path in paths
            if path.is_fifo() or not path.is_symlink() and path.stat().st_size > 1 << 28]


def main() -> int:
    """Print reader, inputs, refused, failures and worst time; return 1 if there is a failure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--inputs', type=int, default=100_000, help='files over all readers')
    parser.add_argument('--seed', type=int, default=0)
    parser.add_argument('--only', default='', help='readers whose names begin so')
    parser.add_argument('--out', type=Path, default=Path('out/fuzz'), help='inputs that failed')
    asked = parser.parse_args()
    warnings.simplefilter('ignore')
    with tempfile.TemporaryDirectory() as good:
        known = [r for r in readers_module.readers(Path(good)) if r.name.startswith(asked.only)]
        watch, shares = Watch(), sum(reader.share for reader in known)
        print(f'{"reader":<24}{"inputs":>8}{"refused":>9}{"failures":>10}{"worst [ms]":>12}')
        failed, total, begin = 0, 0, time.perf_counter()
        for reader in known:
            count = -(-asked.inputs * reader.share // shares)
            tally = fuzz(reader, count, asked.seed, watch, asked.out)
            bad = sum(tally.failures.values())
            failed, total = failed + bad, total + tally.inputs
            print(f'{reader.name:<24}{tally.inputs:>8}{tally.refused:>9}{bad:>10}'
                  f'{1e3 * tally.worst:>12.1f}', flush=True)
            for fault, times in tally.failures.most_common(12):
                print(f'    {times} x {fault}', flush=True)
        print(f'{total} inputs, {failed} failures, {time.perf_counter() - begin:.0f} s')
    return int(failed > 0)


if __name__ == '__main__':
    sys.exit(main())
