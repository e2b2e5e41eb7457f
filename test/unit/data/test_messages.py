"""Claims about reading the joints of one arm."""

from types import SimpleNamespace

import numpy as np
import pytest

from foresight.data.messages import ArmJoints
from foresight.errors import RobotError

NAMES = ('a', 'b')


def message(stamp, **joints):
    """A joint state; a joint is (position,) or (position, velocity)."""
    whole, part = divmod(round(stamp * 1e9), 10**9)
    return SimpleNamespace(
        header=SimpleNamespace(stamp=SimpleNamespace(sec=whole, nanosec=part)),
        name=list(joints), position=[values[0] for values in joints.values()],
        velocity=[v for values in joints.values() for v in values[1:]],
    )


def test_joints_are_read_by_name_in_the_order_asked_for():
    positions, velocities = ArmJoints(NAMES).read(message(0.0, b=(2.0, 0.2), x=(9.0, 9.0),
                                                          a=(1.0, 0.1)))
    assert (positions.tolist(), velocities.tolist()) == ([1.0, 2.0], [0.1, 0.2])


def test_a_message_of_another_thing_is_passed_over():
    assert ArmJoints(NAMES).read(message(0.0, finger=(0.02,))) is None
    assert ArmJoints(()).read(message(0.0, a=(1.0,))) is None


def test_a_message_with_some_of_the_joints_is_refused():
    with pytest.raises(RobotError, match='lacks b'):
        ArmJoints(NAMES).read(message(0.0, a=(1.0, 0.0)))


@pytest.mark.parametrize('nothing', [(), (np.nan,)])
def test_velocities_that_are_not_measured_come_from_the_positions(nothing):
    arm = ArmJoints(NAMES)
    for time in (0.0, 0.05, 0.1):
        _, velocities = arm.read(message(time, a=(time, *nothing), b=(1.0, *nothing)))
    np.testing.assert_allclose(velocities, [1.0, 0.0], atol=1e-9)


def test_measured_velocities_are_kept_as_they_are():
    arm = ArmJoints(NAMES)
    for time in (0.0, 0.05, 0.1):
        _, velocities = arm.read(message(time, a=(time, 0.3), b=(1.0, 0.0)))
    assert velocities.tolist() == [0.3, 0.0]
