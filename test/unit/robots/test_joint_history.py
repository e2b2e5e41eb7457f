"""Claims about the joints at the time of an image."""

import numpy as np

from foresight.robots.joint_history import JointHistory


def test_positions_between_two_stamps_are_interpolated():
    history = JointHistory()
    history.add(np.array([0.0, 1.0]), 1.0)
    history.add(np.array([1.0, 3.0]), 2.0)
    np.testing.assert_allclose(history.at(1.25), [0.25, 1.5])
    np.testing.assert_allclose(history.at(1.0), [0.0, 1.0])
    np.testing.assert_allclose(history.at(2.0), [1.0, 3.0])


def test_what_is_before_or_after_all_joints_is_unknown():
    history = JointHistory()
    assert history.at(1.0) is None
    history.add(np.zeros(2), 1.0)
    assert history.at(0.9) is None
    assert history.at(1.1) is None


def test_old_joints_are_forgotten():
    history = JointHistory()
    for stamp in np.arange(0.0, 10.0, 0.1):
        history.add(np.zeros(2), float(stamp))
    assert history.at(5.0) is None
    assert history.at(9.05) is not None


def test_a_clock_that_jumps_back_begins_anew():
    history = JointHistory()
    history.add(np.zeros(2), 5.0)
    history.add(np.ones(2), 1.0)
    np.testing.assert_allclose(history.at(1.0), [1.0, 1.0])
    assert history.at(5.0) is None
