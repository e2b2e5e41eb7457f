"""The URDF loads, has the Panda's limits, and draws with primitives only."""

import numpy as np
import pinocchio as pin
import pytest

from foresight.errors import RobotError
from foresight.robots.arm import ArmModel
from foresight.robots.description import TOOLS, load_urdf


@pytest.mark.parametrize('tool', TOOLS)
def test_each_tool_ends_in_tool0(tool: str) -> None:
    model = pin.buildModelFromXML(load_urdf(tool))
    assert model.existFrame('tool0') and model.existFrame('base_link')
    assert model.nq == 7


def test_unknown_tool_is_refused() -> None:
    with pytest.raises(RobotError, match='paddle'):
        load_urdf('spoon')


def test_only_primitives_are_drawn() -> None:
    assert 'mesh' not in load_urdf()


def test_no_line_is_too_long_for_pybullet() -> None:
    assert max(map(len, load_urdf().splitlines())) < 8192


def test_limits_are_the_published_ones() -> None:
    arm = ArmModel.load()
    np.testing.assert_allclose(arm.position_low[[3, 5]], [-3.0718, -0.0175])
    np.testing.assert_allclose(arm.velocity_limit, [2.175] * 4 + [2.61] * 3)
    np.testing.assert_allclose(arm.model.effortLimit, [87.0] * 4 + [12.0] * 3)


def test_tool_is_vertical_and_yaw_equals_azimuth_at_joint7_zero() -> None:
    pose = ArmModel.load().tool_pose(np.array([0.4, -0.8, 0.0, -2.4, 0.0, 1.6, 0.0]))
    np.testing.assert_allclose(pose[:3, 2], [0.0, 0.0, -1.0], atol=1e-9)
    np.testing.assert_allclose(pose[:3, 0], [np.cos(0.4), np.sin(0.4), 0.0], atol=1e-9)
    assert np.arctan2(pose[1, 3], pose[0, 3]) == pytest.approx(0.4)
