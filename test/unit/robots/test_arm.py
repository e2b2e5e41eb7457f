"""Joint order, limits and the robot's file."""

from pathlib import Path

import numpy as np
import pytest

from foresight.errors import ConfigError, RobotError
from foresight.files import share
from foresight.robots.arm import ArmModel, RobotFile


@pytest.fixture(scope='module')
def arm() -> ArmModel:
    return ArmModel.load()


def test_joints_in_another_order_are_matched_by_name(arm: ArmModel) -> None:
    names = tuple(reversed(arm.joint_names))
    np.testing.assert_array_equal(arm.reorder(names, np.arange(7.0)), [6, 5, 4, 3, 2, 1, 0])


def test_other_joints_are_ignored(arm: ArmModel) -> None:
    names = ('finger', *arm.joint_names)
    np.testing.assert_array_equal(arm.reorder(names, np.arange(8.0)), range(1, 8))


def test_missing_joint_is_named(arm: ArmModel) -> None:
    with pytest.raises(RobotError, match='joint4 is missing'):
        arm.reorder([name for name in arm.joint_names if name != 'joint4'], np.arange(6.0))


def test_not_a_number_is_named(arm: ArmModel) -> None:
    with pytest.raises(RobotError, match='joint2 is nan'):
        arm.reorder(arm.joint_names, [0.0, np.nan, 0.0, 0.0, 0.0, 0.0, 0.0])


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


def test_unknown_key_in_the_robot_file_is_refused(tmp_path: Path) -> None:
    file = tmp_path / 'robot.yaml'
    file.write_text(share('config/robots/panda.yaml').read_text() + 'retrct: []\n')
    with pytest.raises(ConfigError, match='retrct'):
        RobotFile.read(file)


def test_keep_out_zones_are_read_and_may_be_left_out(tmp_path: Path) -> None:
    file, text = tmp_path / 'robot.yaml', share('config/robots/panda.yaml').read_text()
    file.write_text(text.replace('keep_out: {}', 'keep_out: {glass: [0.3, 0.4, -0.3, 0]}'))
    assert RobotFile.read(file).keep_out == (('glass', (0.3, 0.4, -0.3, 0.0)),)
    file.write_text(text.replace('keep_out: {}', ''))
    assert RobotFile.read(file).keep_out == ()


@pytest.mark.parametrize('zone', ['[0.3, 0.4, -0.3]', '[0.3, 0.4, 0, .nan]', '1', '[a, b, c, d]'])
def test_a_keep_out_zone_is_four_numbers(tmp_path: Path, zone: str) -> None:
    file, text = tmp_path / 'robot.yaml', share('config/robots/panda.yaml').read_text()
    file.write_text(text.replace('keep_out: {}', f'keep_out: {{glass: {zone}}}'))
    with pytest.raises(ConfigError, match='keep_out: glass: give x low'):
        RobotFile.read(file)


def test_retract_needs_every_joint(tmp_path: Path) -> None:
    file = tmp_path / 'robot.yaml'
    text = share('config/robots/panda.yaml').read_text()
    file.write_text(text.replace('[0.0, -0.75', '[-0.75'))
    with pytest.raises(ConfigError, match='retract'):
        RobotFile.read(file)


def test_joints_in_another_order_than_the_urdf_are_refused(tmp_path: Path) -> None:
    file = tmp_path / 'robot.yaml'
    text = share('config/robots/panda.yaml').read_text()
    file.write_text(text.replace('joint1, joint2', 'joint2, joint1'))
    with pytest.raises(RobotError, match='in this order'):
        ArmModel.load(file)
