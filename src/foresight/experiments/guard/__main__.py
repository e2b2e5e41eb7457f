"""Soak the guard in a million hostile ticks and write its results page; fail if a limit breaks."""

import argparse
import sys
from pathlib import Path

from foresight.experiments.document import machine
from foresight.experiments.guard.boundaries import SCRATCH, STREAMS, held
from foresight.experiments.guard.families import FAMILIES
from foresight.experiments.guard.measure import ROBOTS, soak
from foresight.experiments.guard.page import page
from foresight.experiments.guard.stops import stops
from foresight.files import write_atomically


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(prog='python -m foresight.experiments.guard')
    parser.add_argument('--ticks', type=int, default=1_020_000, help='of all families together')
    parser.add_argument('--lives', type=int, default=12, help='of a guard beside a table, each')
    parser.add_argument('--seed', type=int, default=0)
    parser.add_argument('--page', type=Path, default=Path('docs/results/guard.md'))
    given = parser.parse_args()
    rows = []
    for family in FAMILIES:
        rows.append(soak(family, -(-given.ticks // len(FAMILIES)), given.seed))
        print(f'{family}: {rows[-1].broken} of {rows[-1].ticks} ticks break a limit', flush=True)
    found = [(robot, stop) for robot in ROBOTS for stop in stops(robot)]
    kept = [
        (robot, held(robot, stream, given.lives, given.seed))
        for stream in STREAMS for robot in ROBOTS
    ]
    write_atomically(given.page, page(rows, found, kept, 'make soak', machine()))
    broken = any(row.broken or row.not_finite for row in rows)
    sys.exit(broken or any(each.depth > SCRATCH for _, each in kept))


if __name__ == '__main__':
    main()
