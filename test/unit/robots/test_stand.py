"""An arm with a stand works in the frame of its table, and is otherwise the same arm."""

import numpy as np
import pytest

from foresight.actions.push.macro_action import PushAction
from foresight.robots.arm import ArmModel
from foresight.robots.joint_level import JointLevelConfig
from foresight.settings import SceneConfig

STAND = (0.10, -0.05, 0.03, 0.3)


@pytest.fixture(scope='module')
def arms():
    return ArmModel.load(), ArmModel.load('panda', STAND)


def test_poses_are_those_of_the_usual_arm_moved(arms):
    usual, moved = arms
    turn, place = np.cos(STAND[3]), moved.table_from_base
    assert place[0, 0] == pytest.approx(turn)
    np.testing.assert_allclose(place[:3, 3], STAND[:3])
    for positions in (np.array(usual.retract), np.array(usual.retract) + 0.1):
        np.testing.assert_allclose(
            moved.tool_pose(positions), place @ usual.tool_pose(positions), atol=1e-9,
        )
    np.testing.assert_allclose(moved.axis, STAND[:2])


def test_the_usual_arm_stands_where_the_table_says(arms):
    np.testing.assert_array_equal(arms[0].table_from_base, np.eye(4))
    assert (arms[0].base_frame, arms[1].base_frame) == ('base_link', 'table')


def test_it_pushes_on_its_table(arms):
    _, moved = arms
    action, level = PushAction(SceneConfig(stand=STAND)), JointLevelConfig()
    assert action.feasible(moved, level).coverage(spacing=0.05) > 0.75
    numbers = np.array([0.45, 0.0, 1.2, 0.2])
    motion = action.skill(moved, level).plan(numbers, np.array(moved.retract))
    swept = [moved.tool_pose(joints) for joints in motion.joint_path.positions]
    lowest = min(pose[2, 3] for pose in swept)
    assert lowest == pytest.approx(action.settings.tool_height, abs=2e-3)
