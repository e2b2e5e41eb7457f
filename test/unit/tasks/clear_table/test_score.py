"""Claims about what counts as cleared, dropped and a success."""

import numpy as np
import pytest

from foresight.settings import SceneConfig
from foresight.tasks.clear_table.score import glance, place, score
from foresight.tasks.scene_view import ObjectStates

SCENE = SceneConfig()


def states(*status: str, moving: int = -1) -> ObjectStates:
    """Objects at these places, of which at most one moves."""
    count = len(status)
    return ObjectStates(
        tuple(map(str, range(count))), np.zeros((count, 3)), np.zeros((count, 4)),
        np.zeros((count, 3)), status, tuple(index == moving for index in range(count)),
    )


@pytest.mark.parametrize('position, where', [
    ((0.45, 0.0, 0.02), 'table'), ((0.45, 0.35, 0.01), 'table'), ((0.45, 0.40, -0.05), 'bin'),
    ((0.45, -0.40, -0.05), 'floor'), ((0.05, 0.40, -0.05), 'floor'),
])
def test_a_place_has_a_name(position, where):
    assert place(np.array(position), SCENE) == where


def test_success_is_everything_in_the_bin():
    assert score(states('bin', 'bin')).success
    assert not score(states('bin', 'floor')).success


def test_each_object_counts_once():
    found = score(states('bin', 'floor', 'table', 'table'))
    assert (found.cleared, found.dropped, found.remaining) == (1, 1, 2)


def test_what_still_rolls_in_the_bin_is_cleared_only_at_a_glance():
    rolling = states('bin', moving=0)
    assert (score(rolling).cleared, score(rolling).remaining) == (0, 1)
    assert glance(rolling).success
