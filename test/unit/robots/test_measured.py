"""Joints that jump, and an arm that does not go where it is told, are noticed."""

import numpy as np
import pytest

from foresight.errors import RobotError
from foresight.robots.limits import JointLimits
from foresight.robots.measured import Measured
from foresight.robots.status import Status

LIMITS = JointLimits(('a', 'b'), -np.ones(2), np.ones(2), np.full(2, 2.0), np.full(2, 10.0),
                     np.full(2, 2000.0))
REST = np.zeros(2)


def test_joints_that_move_faster_than_they_can_are_named() -> None:
    measured = Measured(LIMITS, 10)
    assert measured.take(np.array([0.9, 0.0]), REST, 1.0) is None  # the first ones may be anywhere
    assert measured.take(np.array([0.86, 0.04]), REST, 1.02) is None
    found = measured.take(np.array([0.04, 0.86]), REST, 1.04)
    assert found is not None and found.status is Status.JOINTS_JUMPED
    assert 'a was measured 0.82 rad away' in found.reason and 'call release' in found.reason


def test_joints_may_have_gone_far_in_a_long_silence() -> None:
    measured = Measured(LIMITS, 10)
    measured.take(REST, REST, 0.0)
    assert measured.take(np.full(2, 0.9), REST, 0.5) is None


def test_an_arm_that_lags_is_not_astray_but_one_that_stays_is() -> None:
    measured, path = Measured(LIMITS, 10), 0.02 * np.arange(60)[:, None] * np.ones(2)
    for step, told in enumerate(path):
        measured.told(told)
        measured.take(path[max(step - 9, 0)], REST, 0.01 * step)
        assert measured.astray(0.05) is None
    measured.take(path[40], REST, 0.6)
    found = measured.astray(0.05)
    assert found is not None and found.status is Status.TRACKING
    assert '0.20 rad from where it was told' in found.reason


def test_what_is_not_finite_is_ignored() -> None:
    measured = Measured(LIMITS, 10)
    measured.take(REST, REST, 0.0)
    for broken in (np.array([np.nan, 0.0]), np.array([np.inf, 0.0])):
        with pytest.raises(RobotError, match='not finite'):
            measured.take(broken, REST, 1.0)
    assert measured.at == 0.0
