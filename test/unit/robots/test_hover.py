"""Claims about standing above a point of the table."""

import numpy as np
import pytest

from foresight.actions.push.settings import PushConfig
from foresight.errors import RobotError
from foresight.robots.arm import ArmModel
from foresight.robots.hover import Hover
from foresight.robots.joint_level import JointLevelConfig
from foresight.settings import SceneConfig


@pytest.fixture(scope='module')
def hover() -> Hover:
    return Hover(ArmModel.load(), PushConfig().clearance, 0.95, JointLevelConfig())


def test_the_tool_stands_vertical_at_the_travelling_height(hover):
    pose = ArmModel.load().tool_pose(hover.above(0.45, -0.1))
    np.testing.assert_allclose(pose[:3, 3], [0.45, -0.1, PushConfig().clearance], atol=1e-4)
    assert pose[2, 2] < -0.999


def test_a_point_out_of_reach_is_refused(hover):
    with pytest.raises(RobotError, match='cannot reach'):
        hover.above(1.5, 0.0)


def test_a_travel_goes_from_rest_to_rest_within_the_limits(hover):
    arm, scene = ArmModel.load(), SceneConfig()
    goal = hover.somewhere(scene, np.random.default_rng(0))
    path = hover.travel(np.array(arm.retract), goal)
    np.testing.assert_allclose(path.positions[0], arm.retract)
    np.testing.assert_allclose(path.positions[-1], goal, atol=1e-9)
    assert (np.abs(path.velocities) <= arm.velocity_limit).all()
    tool = arm.tool_pose(goal)[:2, 3]
    assert scene.table_x[0] <= tool[0] <= scene.table_x[1]
    assert scene.table_y[0] <= tool[1] <= scene.table_y[1]
