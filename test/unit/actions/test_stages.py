"""Stages go from rest to rest, and no faster than tool and joints allow."""

import numpy as np
import pytest

from foresight.actions.stages import Sweep, Vertical, vertical_duration


def test_a_vertical_stage_covers_its_way_between_start_and_end():
    lower = Vertical(start=0.5, duration=0.4)
    assert lower.end == pytest.approx(0.9)
    shares = lower.share(np.array([0.0, 0.5, 0.7, 0.9, 2.0]))
    np.testing.assert_allclose(shares, [0.0, 0.0, 0.5, 1.0, 1.0], atol=1e-9)


def test_a_sweep_covers_its_length_and_keeps_its_speed():
    sweep = Sweep(start=1.0, length=0.3, speed=0.25, acceleration=4.0)
    times = np.linspace(0.0, sweep.end + 0.5, 2001)
    way = sweep.way(times)
    assert way[0] == 0.0
    assert way[-1] == pytest.approx(0.3)
    assert np.gradient(way, times).max() == pytest.approx(0.25, rel=1e-3)
    assert sweep.way(np.array([sweep.end]))[0] == pytest.approx(0.3)


@pytest.mark.parametrize(('gap', 'slowest'), [(0.0, 'tool'), (1.0, 'joint')])
def test_the_slowest_of_tool_and_joints_sets_the_time(gap, slowest):
    start = np.zeros(2)
    limits = (np.array([1.0, 2.0]), np.full(2, 10.0))
    alone = vertical_duration((start, start), limits, 0.1, 0.5, 4.0)
    found = vertical_duration((start, start + [gap, 0.0]), limits, 0.1, 0.5, 4.0)
    assert (found > alone) == (slowest == 'joint')
    assert alone == pytest.approx(15 / 8 * 0.1 / 0.5, rel=0.2)
