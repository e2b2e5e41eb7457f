"""Tool paths refuse what cannot be followed."""

import numpy as np
import pytest

from foresight.errors import RobotError
from foresight.robots.tool_path import ToolPath, vertical_poses


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
