import numpy as np
import pytest

from foresight.robots.joint_speed import JointSpeed


def test_speed_is_how_fast_the_positions_change():
    speed = JointSpeed()
    for time in np.arange(0.0, 1.0, 0.01):
        last = speed.update(np.array([0.5 * time, -0.2]), float(time))
    np.testing.assert_allclose(last, [0.5, 0.0], atol=1e-9)


def test_rounded_positions_of_a_resting_arm_are_no_motion():
    speed = JointSpeed()
    found = [speed.update(np.array([1e-4 * (step % 2)]), 0.001 * step) for step in range(1000)]
    assert np.abs(found[200:]).max() < 0.002


def test_slow_messages_are_compared_with_the_one_before():
    speed = JointSpeed()
    for time in (0.0, 1.0, 2.0):
        last = speed.update(np.array([time**2]), time)
    assert last[0] == pytest.approx(3.0)


def test_the_first_message_and_a_clock_that_jumps_back_count_as_standing_still():
    speed = JointSpeed()
    assert speed.update(np.ones(1), 10.0)[0] == 0.0
    assert speed.update(np.zeros(1), 0.0)[0] == 0.0


def test_a_message_that_comes_twice_changes_nothing():
    speed = JointSpeed()
    speed.update(np.zeros(1), 0.0)
    once = speed.update(np.ones(1), 0.1)
    assert speed.update(np.ones(1), 0.1)[0] == once[0] == pytest.approx(10.0)
