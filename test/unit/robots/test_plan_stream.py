"""Claims about streaming a joint path in windows."""

import numpy as np
import pytest

from foresight.robots.plan_stream import PlanStream
from foresight.robots.trajectory import JointPath

START = 100.0


@pytest.fixture
def stream() -> PlanStream:
    """A joint that moves for two seconds."""
    times = np.arange(201) / 100.0
    positions = np.repeat((0.5 * times)[:, None], 2, axis=1)
    path = JointPath(times, positions, np.full_like(positions, 0.5), np.zeros((201, 4, 4)))
    return PlanStream(path, START, 0.6)


@pytest.mark.parametrize('now', [START - 0.1, START, START + 0.333, START + 1.3])
def test_window_covers_now_and_its_reach(stream: PlanStream, now: float) -> None:
    window = stream.window(now)
    assert window.times[0] <= max(now, START)
    assert window.end >= now + 0.6 - 1e-9
    assert not window.ends_at_rest


@pytest.mark.parametrize('now', [START + 1.5, START + 2.0, START + 9.0])
def test_last_window_ends_at_rest_at_the_end(stream: PlanStream, now: float) -> None:
    window = stream.window(now)
    assert window.ends_at_rest
    assert window.end == stream.end == pytest.approx(START + 2.0)
    np.testing.assert_allclose(window.positions[-1], 1.0)


def test_gap_is_the_distance_from_where_the_path_is(stream: PlanStream) -> None:
    assert stream.gap(np.array([0.5, 0.2]), START + 1.0) == pytest.approx(0.3)
