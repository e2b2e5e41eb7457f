"""Soak the guard in a million hostile ticks and write its results page; fail if a limit breaks."""

import argparse
import sys
from pathlib import Path

from foresight.experiments.document import machine
from foresight.experiments.guard.families import FAMILIES
from foresight.experiments.guard.measure import ROBOTS, soak
from foresight.experiments.guard.page import page
from foresight.experiments.guard.stops import stops
from foresight.files import write_atomically


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(prog='python -m foresight.experiments.guard')
    parser.add_argument('--ticks', type=int, default=1_020_000, help='of all families together')
    parser.add_argument('--seed', type=int, default=0)
    parser.add_argument('--page', type=Path, default=Path('docs/results/guard.md'))
    given = parser.parse_args()
    rows = []
    for family in FAMILIES:
        rows.append(soak(family, -(-given.ticks // len(FAMILIES)), given.seed))
        print(f'{family}: {rows[-1].broken} of {rows[-1].ticks} ticks break a limit', flush=True)
    found = [(robot, stop) for robot in ROBOTS for stop in stops(robot)]
    write_atomically(given.page, page(rows, found, 'make soak', machine()))
    sys.exit(any(row.broken or row.not_finite for row in rows))


if __name__ == '__main__':
    main()
