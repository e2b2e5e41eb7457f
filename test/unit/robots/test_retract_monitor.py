"""Claims about knowing when the camera's view is free."""

import numpy as np
import pytest

from foresight.errors import RobotError
from foresight.robots.retract_monitor import RetractWatch

HOME, AWAY, REST = np.zeros(2), np.array([0.5, 0.0]), np.zeros(2)


def watched(*states: tuple[float, np.ndarray, np.ndarray]) -> RetractWatch:
    """A watch that has seen these times, positions and velocities."""
    watch = RetractWatch(HOME, 0.1)
    for stamp, positions, velocities in states:
        watch.update(positions, velocities, stamp)
    return watch


def test_nothing_is_clear_before_joint_states() -> None:
    assert not watched().is_clear(0.0)


def test_view_is_clear_a_while_after_the_arm_came_back() -> None:
    watch = watched((0.0, AWAY, REST), (1.0, AWAY, REST), (1.05, HOME, REST), (1.2, HOME, REST))
    assert not watch.is_clear(1.05)
    assert watch.is_clear(1.15)


def test_arm_that_passes_its_retract_pose_is_not_back() -> None:
    watch = watched((0.0, HOME, REST), (1.0, HOME, np.ones(2)))
    assert not watch.is_clear(1.05)


def test_image_newer_than_the_joint_states_is_not_trusted() -> None:
    watch = watched((0.0, HOME, REST), (1.0, HOME, REST))
    assert watch.is_clear(1.0) and not watch.is_clear(1.2)


def test_leaving_is_remembered() -> None:
    watch = watched((0.0, HOME, REST), (1.0, AWAY, REST), (2.0, HOME, REST))
    assert watch.was_away_since(0.5) and not watch.was_away_since(1.5)


def test_joints_that_are_not_finite_count_as_away() -> None:
    watch = watched((0.0, HOME, REST))
    with pytest.raises(RobotError, match='not finite'):
        watch.update(np.array([np.nan, 0.0]), REST, 1.0)
    assert not watch.is_clear(1.05)
