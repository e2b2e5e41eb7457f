"""What episodes in a row come to."""

import numpy as np
import pytest

from foresight.viz.demo_result import JITTER, DemoResult, Motion
from foresight.viz.tally import Tally


@pytest.fixture
def still() -> Motion:
    """Nothing moved."""
    none = np.zeros(0)
    empty = np.zeros((0, 7)), none, np.zeros((0, 1, 3)), np.zeros((0, 1, 4))
    return Motion(none, *empty)


def played(still: Motion, cleared: int, late: tuple[float, ...]) -> DemoResult:
    """Return an episode."""
    return DemoResult(
        seed=0, objects=3, cleared=cleared, dropped=0, tried=4, actions=(), frames=(),
        rectified=(), motion=still, latencies={JITTER: late}, resident={}, simulated=20.0,
        seconds=21.0, ending='',
    )


def test_memory_counts_from_the_second_episode_on(still: Motion) -> None:
    tally = Tally()
    for sim in (100, 200, 210):
        tally.add(played(still, 3, ()), {'sim': sim, 'guard': 200})
        if tally.episodes < 3:
            assert tally.growth is None
    assert tally.growth == pytest.approx(10 / 400)


def test_a_command_is_late_that_comes_a_period_late(still: Motion) -> None:
    tally = Tally()
    tally.add(played(still, 3, (0.1, 9.9, 10.1)), {})
    tally.add(played(still, 2, (30.0,)), {})
    assert (tally.commands, tally.missed, tally.missed_share) == (4, 2, 0.5)
    told = tally.document()
    assert (told['episodes'], told['successes'], told['cleared']) == (2, 1, 5)
