"""Which arms and tools can push."""

from dataclasses import replace

import pytest

from foresight.actions.push.macro_action import PushAction
from foresight.actions.push.settings import PushConfig
from foresight.errors import RobotError
from foresight.robots.arm import ArmModel
from foresight.robots.description import load_urdf
from foresight.robots.joint_level import JointLevelConfig
from foresight.robots.robot_file import RobotFile
from foresight.settings import SceneConfig

LEVEL = JointLevelConfig()
PANDA = RobotFile.read('panda')


@pytest.mark.parametrize('robot', ['panda', 'ur5e', 'xarm6'])
def test_the_paddle_of_every_robot_is_as_wide_as_pushes_are_drawn(robot: str) -> None:
    arm = ArmModel.load(robot)
    assert arm.tool.width == PushConfig().paddle_width
    PushAction(SceneConfig()).skill(arm, LEVEL)


def test_a_tool_without_a_plate_is_refused() -> None:
    file = replace(PANDA, tool='gripper')
    with pytest.raises(RobotError, match='nothing stands across a push at tool0 of panda'):
        PushAction(SceneConfig()).skill(ArmModel(load_urdf(file), file), LEVEL)


def test_a_tool_of_another_width_is_refused() -> None:
    action = PushAction(SceneConfig(), PushConfig(paddle_width=0.2))
    with pytest.raises(RobotError, match='0.12 m wide, pushes are drawn 0.20 m wide'):
        action.skill(ArmModel.load(), LEVEL)


@pytest.mark.parametrize('x', ['-0.35', '-1.0'])
def test_an_arm_that_cannot_reach_the_table_is_refused(x: str) -> None:
    far = load_urdf(PANDA).replace('xyz="0 0 0.333"', f'xyz="{x} 0 0.333"')
    with pytest.raises(RobotError, match=r'panda reaches \d+% of the table .* stand it nearer'):
        PushAction(SceneConfig()).feasible(ArmModel(far, PANDA), LEVEL)
