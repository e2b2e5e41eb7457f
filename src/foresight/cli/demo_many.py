"""`foresight demo --episodes`: one table after the other, and what that comes to."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from itertools import count, islice

from rich.console import Console

from foresight.nodes.session import RosSession, SessionOptions, ros_session
from foresight.viz.tally import Tally

KEPT_BAGS = 3


def play_many(options: SessionOptions, seed: int, episodes: int, console: Console) -> Tally:
    """Clear tables of the seeds from `seed` on; 0 goes on until it is stopped."""
    tally = Tally()
    with ros_session(replace(options, keep_bags=KEPT_BAGS)) as session:
        with suppress(KeyboardInterrupt, SystemExit):  # the tally is what is wanted
            _play(session, tally, islice(count(seed), episodes or None), console)
    return tally


def _play(session: RosSession, tally: Tally, seeds: Iterable[int], console: Console) -> None:
    """Play the seeds, a line each."""
    for seed in seeds:
        result = session.play(seed)
        tally.add(result, session.resident())
        growth = '-' if tally.growth is None else f'{100 * tally.growth:+.1f} %'
        console.print(
            f'table {tally.episodes}, seed {seed}: {result.cleared} of {result.objects} in '
            f'{result.tried} actions; memory {growth}, late commands '
            f'{100 * tally.missed_share:.3f} %', highlight=False,
        )
