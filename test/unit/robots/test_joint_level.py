"""The joint level tracks what it can and refuses what it cannot."""

import numpy as np
import pytest

from foresight.errors import RobotError
from foresight.robots.arm import ArmModel
from foresight.robots.joint_level import JointLevel, JointLevelConfig
from foresight.robots.tool_path import ToolPath


@pytest.fixture(scope='module')
def level() -> JointLevel:
    return JointLevel(ArmModel.load(), JointLevelConfig())


def straight(level: JointLevel, shift: tuple[float, float, float], duration: float) -> ToolPath:
    """Two poses: the retract pose, and the same shifted."""
    pose = level.arm.tool_pose(np.array(level.arm.retract))
    poses = np.stack([pose, pose])
    poses[1, :3, 3] += shift
    return ToolPath(np.array([0.0, duration]), poses)


def test_coarse_path_is_followed_at_the_command_rate(level: JointLevel) -> None:
    path = straight(level, (0.02, 0.0, 0.0), 1.0)
    joints = level.track(path, np.array(level.arm.retract))
    assert len(joints.times) == 101
    np.testing.assert_allclose(joints.tool[-1, :3, 3], path.poses[-1, :3, 3], atol=1e-3)


def test_velocities_are_differences_of_positions(level: JointLevel) -> None:
    joints = level.track(straight(level, (0.02, 0.0, 0.0), 1.0), np.array(level.arm.retract))
    np.testing.assert_allclose(
        np.diff(joints.positions, axis=0), joints.velocities[1:] * 0.01, atol=1e-12,
    )


def test_path_too_fast_for_the_joints_is_refused(level: JointLevel) -> None:
    with pytest.raises(RobotError, match='strays'):
        level.track(straight(level, (0.3, 0.0, 0.0), 0.1), np.array(level.arm.retract))


def test_path_into_the_table_is_refused_above_it(level: JointLevel) -> None:
    path = straight(level, (0.15, 0.0, -0.64), 4.0)
    with pytest.raises(RobotError, match=r'strays|no joint velocity'):
        level.track(path, np.array(level.arm.retract))


def test_start_outside_the_limits_is_refused(level: JointLevel) -> None:
    start = np.array(level.arm.retract)
    start[3] = 0.4
    with pytest.raises(RobotError, match='joint4'):
        level.track(straight(level, (0.02, 0.0, 0.0), 1.0), start)
