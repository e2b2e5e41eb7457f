"""Claims about knowing when the camera's view is free."""

import numpy as np
import pytest

from foresight.errors import RobotError
from foresight.robots.retract_monitor import RetractMonitor

HOME, AWAY, REST = np.zeros(2), np.array([0.5, 0.0]), np.zeros(2)


def watched(*states: tuple[float, np.ndarray, np.ndarray]) -> RetractMonitor:
    """A monitor that has seen these times, positions and velocities."""
    monitor = RetractMonitor(HOME, 0.1)
    for stamp, positions, velocities in states:
        monitor.update(positions, velocities, stamp)
    return monitor


def test_nothing_is_clear_before_joint_states() -> None:
    assert not watched().is_clear(0.0)


def test_view_is_clear_a_while_after_the_arm_came_back() -> None:
    monitor = watched((0.0, AWAY, REST), (1.0, AWAY, REST), (1.05, HOME, REST), (1.2, HOME, REST))
    assert not monitor.is_clear(1.05)
    assert monitor.is_clear(1.15)


def test_arm_that_passes_its_retract_pose_is_not_back() -> None:
    monitor = watched((0.0, HOME, REST), (1.0, HOME, np.ones(2)))
    assert not monitor.is_clear(1.05)


def test_image_newer_than_the_joint_states_is_not_trusted() -> None:
    monitor = watched((0.0, HOME, REST), (1.0, HOME, REST))
    assert monitor.is_clear(1.0) and not monitor.is_clear(1.2)


def test_leaving_is_remembered() -> None:
    monitor = watched((0.0, HOME, REST), (1.0, AWAY, REST), (2.0, HOME, REST))
    assert monitor.was_away_since(0.5) and not monitor.was_away_since(1.5)


def test_joints_that_are_not_finite_count_as_away() -> None:
    monitor = watched((0.0, HOME, REST))
    with pytest.raises(RobotError, match='not finite'):
        monitor.update(np.array([np.nan, 0.0]), REST, 1.0)
    assert not monitor.is_clear(1.05)


def test_a_clock_that_jumps_back_begins_anew() -> None:
    monitor = watched((100.0, AWAY, REST), (0.0, HOME, REST), (0.2, HOME, REST))
    assert not monitor.is_clear(0.05) and monitor.is_clear(0.15)


def test_doubt_tells_a_dead_driver_from_clocks_that_differ() -> None:
    assert 'check the joint driver' in watched().doubt(1.0)
    monitor = watched((0.0, HOME, REST), (1.0, HOME, REST))
    assert monitor.doubt(1.0) == ''
    assert 'image is of 2.500 s' in monitor.doubt(2.5) and 'are of 1.000 s' in monitor.doubt(2.5)
    assert 'retract pose' in watched((1.0, AWAY, REST)).doubt(1.0)
