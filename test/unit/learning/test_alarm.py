import pytest
import torch

from foresight.errors import DatasetError
from foresight.learning.alarm import UndisturbedAction, find_scales

SHOWN = torch.ones(16, 24)


def actions(count: int) -> list[UndisturbedAction]:
    """Actions that change nothing; what arrives is a little further off each time."""
    still = torch.zeros(4, 16, 24)
    return [UndisturbedAction(still, still, still + number / count) for number in range(count)]


def test_threshold_is_exceeded_as_often_as_allowed():
    found = find_scales(actions(100), hours=2.0, rate=2.5, shown=SHOWN)
    assert sum(level > found.action for level in found.levels) == 5
    assert found.cell == pytest.approx(0.94, abs=0.011)


def test_a_threshold_is_never_below_what_one_cell_in_twenty_differs_by():
    found = find_scales(actions(100), hours=1.0, rate=50.0, shown=SHOWN)
    assert found.action == found.cell


@pytest.mark.parametrize(('hours', 'rate'), [(0.1, 1.0), (1.0, 500.0)])
def test_play_that_says_nothing_about_the_rate_is_refused(hours, rate):
    with pytest.raises(DatasetError, match='play at least'):
        find_scales(actions(20), hours, rate, SHOWN)
