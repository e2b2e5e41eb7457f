"""Claims about plan windows: sampled anywhere, refused when they cannot be ridden."""

import numpy as np
import pytest

from foresight.errors import RobotError
from foresight.robots.plan_window import PlanWindow

WINDOW = PlanWindow(np.array([1.0, 2.0]), np.array([[0.0], [1.0]]), np.array([[1.0], [1.0]]))


def test_arm_waits_before_the_window_begins() -> None:
    positions, velocities = WINDOW.sample(0.5)
    assert positions[0] == 0.0 and velocities[0] == 0.0


def test_samples_inside_are_linear() -> None:
    assert WINDOW.sample(1.25)[0][0] == pytest.approx(0.25)


def test_arm_coasts_after_a_window_that_ends_moving() -> None:
    positions, velocities = WINDOW.sample(2.5)
    assert positions[0] == pytest.approx(1.5) and velocities[0] == 1.0


def test_arm_stays_after_a_window_that_ends_at_rest() -> None:
    window = PlanWindow(np.array([1.0]), np.array([[0.4]]), np.zeros((1, 1)))
    assert window.ends_at_rest
    assert window.sample(9.0)[0][0] == 0.4


@pytest.mark.parametrize(('times', 'count', 'remedy'), [
    (np.array([]), 0, 'empty'),
    (np.array([1.0, 0.0]), 2, 'increase'), (np.array([0.0, np.inf]), 2, 'finite'),
])
def test_window_that_cannot_be_ridden_is_refused(
    times: np.ndarray, count: int, remedy: str,
) -> None:
    with pytest.raises(RobotError, match=remedy):
        PlanWindow(times, np.zeros((count, 1)), np.zeros((count, 1)))
