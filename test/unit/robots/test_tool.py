"""The tool's size is what its URDF draws."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from foresight.robots.arm import ArmModel
from foresight.robots.description import load_urdf
from foresight.robots.robot_file import RobotFile
from foresight.robots.tool import Tool

Make = Callable[..., Path]


@pytest.mark.parametrize('robot', ['panda', 'ur5e', 'xarm6'])
def test_the_paddle_is_as_drawn_on_every_arm(robot: str) -> None:
    assert ArmModel.load(robot).tool == Tool(width=0.12, depth=0.04, face=0.005)


def test_a_gripper_has_no_face_between_its_fingers() -> None:
    file = replace(RobotFile.read('panda'), tool='gripper')
    assert ArmModel(load_urdf(file), file).tool == Tool(width=0.11, depth=0.02, face=0.0)


def test_a_narrower_paddle_is_seen(make_robot: Make, panda_urdf: str) -> None:
    narrow = panda_urdf.replace('0.01 0.12 0.06', '0.01 0.08 0.06')
    narrow = narrow.replace('"0 0.055 -0.03"', '"0 0.035 -0.03"').replace('"0 -0.055', '"0 -0.035')
    assert ArmModel.load(make_robot(narrow)).tool == Tool(width=0.08, depth=0.04, face=0.005)


def test_a_bare_frame_has_no_size(make_robot: Make) -> None:
    assert ArmModel.load(make_robot(tool_frame='link2')).tool.face == 0.0
