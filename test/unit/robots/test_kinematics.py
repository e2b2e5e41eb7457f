"""Inverse kinematics agrees with forward kinematics and knows the limits."""

import numpy as np
import pytest

from foresight.errors import RobotError
from foresight.robots.arm import ArmModel
from foresight.robots.joint_level import IN_PLANE
from foresight.robots.kinematics import InverseKinematics


@pytest.fixture(scope='module')
def kinematics() -> InverseKinematics:
    return InverseKinematics(ArmModel.load(), IN_PLANE, 0.05)


@pytest.mark.parametrize('twist', [-2.0, 0.0, 1.5])
def test_reached_positions_give_the_pose_back(kinematics: InverseKinematics, twist: float) -> None:
    arm = kinematics.arm
    expected = np.array([0.4, 0.424, 0.0, -2.375, 0.0, 2.799, twist])
    found = kinematics.reach(arm.tool_pose(expected), np.array(arm.retract))
    np.testing.assert_allclose(found, expected, atol=1e-3)


def test_pose_outside_the_reach_is_refused(kinematics: InverseKinematics) -> None:
    pose = np.diag([1.0, -1.0, -1.0, 1.0])
    pose[0, 3] = 1.2
    with pytest.raises(RobotError, match=r'cannot reach \(1.200'):
        kinematics.reach(pose, np.array(kinematics.arm.retract))
