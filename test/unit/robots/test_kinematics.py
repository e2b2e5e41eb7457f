"""Inverse kinematics agrees with forward kinematics and knows the limits."""

import numpy as np
import pytest

from foresight.errors import RobotError
from foresight.robots.arm import ArmModel
from foresight.robots.kinematics import InverseKinematics
from foresight.robots.tool_path import vertical_poses


@pytest.fixture(scope='module')
def kinematics() -> InverseKinematics:
    return InverseKinematics(ArmModel.load(), 0.05)


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


@pytest.mark.parametrize('robot', ['panda', 'ur5e', 'xarm6'])
def test_every_robot_finds_the_way_back_within_half_a_turn_of_retract(robot: str) -> None:
    arm, generator = ArmModel.load(robot), np.random.default_rng(0)
    kinematics, rest = InverseKinematics(arm, 0.05), np.array(arm.retract)
    for x, y, yaw in generator.uniform((0.35, -0.25, -1.0), (0.6, 0.25, 1.0), (20, 3)):
        values = [np.array([value]) for value in (x, y, 0.01, yaw)]
        (pose,) = vertical_poses(*values)
        found = kinematics.reach(pose, rest)
        np.testing.assert_allclose(arm.tool_pose(found), pose, atol=1e-4)
        assert np.abs(found - rest).max() < np.pi
