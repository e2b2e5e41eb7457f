"""Joint order, limits and the robot's file."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from foresight.errors import RobotError
from foresight.robots.arm import ArmModel

Make = Callable[..., Path]


@pytest.fixture(scope='module')
def arm() -> ArmModel:
    return ArmModel.load()


def test_position_outside_the_limits_is_named(arm: ArmModel) -> None:
    positions = np.array(arm.retract)
    positions[3] = 0.5
    with pytest.raises(RobotError, match='joint4'):
        arm.check_positions(positions)


def test_limits_cannot_be_changed(arm: ArmModel) -> None:
    with pytest.raises(ValueError, match='read-only'):
        arm.position_low[0] = -10.0


def test_tool_points_down_at_retract(arm: ArmModel) -> None:
    pose = arm.tool_pose(np.array(arm.retract))
    np.testing.assert_allclose(pose[:3, 2], [0.0, 0.0, -1.0], atol=1e-9)


def test_joints_in_another_order_than_the_urdf_are_refused(make_robot: Make) -> None:
    joints = ['joint2', 'joint1', *(f'joint{index}' for index in range(3, 8))]
    with pytest.raises(RobotError, match='in this order'):
        ArmModel.load(make_robot(joints=joints))


def test_a_frame_that_the_urdf_lacks_is_named(make_robot: Make) -> None:
    with pytest.raises(RobotError, match='no frame tip'):
        ArmModel.load(make_robot(tool_frame='tip'))


def test_a_base_away_from_the_root_is_refused(make_robot: Make) -> None:
    with pytest.raises(RobotError, match='link2 is not where the URDF begins'):
        ArmModel.load(make_robot(base_frame='link2'))


def test_an_arm_on_the_wall_is_refused(make_robot: Make, panda_urdf: str) -> None:
    wall = panda_urdf.replace('rpy="0 0 0" xyz="0 0 0.333"', 'rpy="0 1.5 0" xyz="0 0 0.333"')
    assert wall != panda_urdf
    with pytest.raises(RobotError, match='joint1 does not turn about the vertical'):
        ArmModel.load(make_robot(wall))


def test_text_that_is_no_robot_is_refused(make_robot: Make) -> None:
    with pytest.raises(RobotError, match='the URDF of panda cannot be used'):
        ArmModel.load(make_robot('<robot name="empty"/>'))


@pytest.mark.parametrize(('robot', 'x'), [('panda', 0.0), ('ur5e', -0.1), ('xarm6', 0.03)])
def test_the_first_joint_stands_where_the_robot_says(robot: str, x: float) -> None:
    assert ArmModel.load(robot).axis == pytest.approx((x, 0.0))
