"""Tool paths and joint paths refuse what cannot be followed, and sample what can."""

import numpy as np
import pytest

from foresight.errors import RobotError
from foresight.robot.tool_path import ToolPath, vertical_poses
from foresight.robot.trajectory import JointPath


def joint_path() -> JointPath:
    times = np.array([0.0, 0.1, 0.2])
    positions = np.array([[0.0], [1.0], [3.0]])
    velocities = np.array([[0.0], [10.0], [20.0]])
    return JointPath(times, positions, velocities, np.tile(np.eye(4), (3, 1, 1)))


def test_times_must_increase() -> None:
    with pytest.raises(RobotError, match='increasing'):
        ToolPath(np.array([0.0, 0.0]), np.tile(np.eye(4), (2, 1, 1)))


def test_poses_must_be_finite() -> None:
    with pytest.raises(RobotError, match='finite'):
        ToolPath(np.array([0.0, 1.0]), np.full((2, 4, 4), np.nan))


def test_vertical_pose_is_a_rotation_pointing_down() -> None:
    one = np.ones(1)
    pose = vertical_poses(one, one, one, 0.3 * one)[0]
    np.testing.assert_allclose(pose[:3, :3] @ pose[:3, :3].T, np.eye(3), atol=1e-12)
    assert np.linalg.det(pose[:3, :3]) == pytest.approx(1.0)
    assert pose[2, 2] == -1.0


def test_sample_is_linear_between_commands() -> None:
    positions, velocities = joint_path().sample(0.15)
    assert positions[0] == pytest.approx(2.0)
    assert velocities[0] == 20.0


def test_sample_rests_beyond_both_ends() -> None:
    path = joint_path()
    assert path.sample(-1.0)[0][0] == 0.0
    assert path.sample(9.0)[0][0] == 3.0
    assert path.sample(9.0)[1][0] == 0.0


def test_joint_path_needs_finite_positions() -> None:
    path = joint_path()
    with pytest.raises(RobotError, match='finite'):
        JointPath(path.times, path.positions * np.nan, path.velocities, path.tool)
