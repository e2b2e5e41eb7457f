"""Claims about reading the joints of one arm."""

from types import SimpleNamespace

import numpy as np
import pytest

from foresight.data.joint_messages import WAITING, ArmJoints
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


def test_joints_that_never_come_are_named():
    arm = ArmJoints(NAMES)
    for step in range(WAITING):
        assert arm.read(message(0.01 * step, a=(1.0, 0.0))) is None
    for step in range(WAITING, WAITING + 3):
        with pytest.raises(RobotError, match='lacks b'):
            arm.read(message(0.01 * step, a=(1.0, 0.0)))


def test_joints_in_several_messages_of_one_stamp_are_joined():
    arm = ArmJoints(NAMES)
    assert arm.read(message(0.0, b=(2.0, 0.2))) is None
    assert arm.read(message(0.1, b=(3.0, 0.3))) is None
    joined = [arm.read(message(time, a=(1.0, 0.1))) for time in (0.0, 0.1)]
    assert [[part.tolist() for part in parts] for parts in joined] == [
        [[1.0, 2.0], [0.1, 0.2]], [[1.0, 3.0], [0.1, 0.3]],
    ]


def test_parts_may_come_in_bursts_of_many_stamps():
    arm, times = ArmJoints(NAMES), [0.01 * step for step in range(50)]
    assert not any(arm.read(message(time, a=(1.0, 0.1))) for time in times)
    assert all(arm.read(message(time, b=(2.0, 0.2))) for time in times)


def test_a_part_that_is_not_finite_is_refused():
    with pytest.raises(RobotError, match='of a is not finite'):
        ArmJoints(NAMES).read(message(0.0, a=(np.nan, 0.0)))


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
