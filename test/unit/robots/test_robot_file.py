"""The robot's file is read strictly, by name, folder or path."""

import re
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from foresight.errors import ConfigError
from foresight.files import share
from foresight.robots.robot_file import RobotFile, find_robot

Make = Callable[..., Path]


def test_a_robot_is_found_by_name_folder_and_file() -> None:
    path = find_robot('panda')
    assert path == find_robot(path) == find_robot(path.parent) == find_robot(str(path.parent))
    assert RobotFile.read(path) == RobotFile.read('panda')


@pytest.mark.parametrize('wrong', ['pandas', 'my/robot.yaml'])
def test_a_wrong_path_is_no_such_file_and_names_the_robots_there_are(wrong: str) -> None:
    with pytest.raises(ConfigError, match=f'{wrong}: no such file: .* panda, ur5e, xarm6'):
        find_robot(wrong)


@pytest.mark.parametrize(('changes', 'message'), [
    ({'retrct': []}, 'unknown retrct; known are name, description'),
    ({'joints': None}, 'joints is missing'),
    ({'joints': 'joint1'}, "joints = 'joint1': write a list of names"),
    ({'retract': list('abcdefg')}, 'write a list of numbers'),
    ({'name': 7}, 'name = 7: write text'),
    ({'acceleration': 'much'}, 'write a number'),
    ({'retract': [0.0, -0.75]}, 'retract needs one position'),
    ({'held': ['joint8']}, 'held names a joint'),
    ({'held': []}, '7 joints reach a pose in many ways: say in held'),
    ({'tool': 'paddle'}, 'tool and flange go together'),
    ({'acceleration': 0.0}, 'acceleration is above 0'),
    ({'acceleration': [1.0] * 6}, 'acceleration needs one number, or one for each of joints'),
    ({'jerk': [100.0] * 6 + [float('inf')]}, 'jerk is above 0 and finite'),
    ({'jerk': [True] * 7}, 'write a number, or a list'),
    ({'joint_limits': 'typo.yaml'}, r'typo.yaml cannot be read'),
    ({'description': 'typo.urdf'}, r'typo.urdf: no such file'),
    ({'keep_out': [1]}, 'keep_out is a mapping'),
    ({'keep_out': {'glass': [0.3, 0.4, -0.3]}}, 'keep_out: glass: give x low'),
    ({'keep_out': {'glass': [0.3, 0.4, 0.0, float('nan')]}}, 'keep_out: glass: give x low'),
    ({'keep_out': {'glass': 1}}, 'keep_out: glass: give x low'),
    ({'keep_out': {'glass': list('abcd')}}, 'keep_out: glass: give x low'),
    ({'workspace': [0.0, 1.0]}, 'workspace: give x low'),
    ({'workspace': [0.0, 1.0, 0.0, 1.0, 1.0, 0.0]}, 'high .m., each low below its high'),
    ({'workspace': 'wide'}, 'workspace: give x low'),
])
def test_what_makes_no_sense_is_refused(
    make_robot: Make, changes: dict[str, Any], message: str,
) -> None:
    with pytest.raises(ConfigError, match=message):
        RobotFile.read(make_robot(**changes))


@pytest.mark.parametrize(('text', 'message'), [
    ('', 'must be a mapping'), ('panda', 'must be a mapping'),
    ('name: [', 'cannot be read as YAML'), ('name:\tpanda\n\t- x', 'cannot be read as YAML'),
])
def test_a_file_that_is_no_mapping_is_refused(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / 'robot.yaml'
    file.write_text(text)
    with pytest.raises(ConfigError, match=message) as raised:
        RobotFile.read(file)
    assert '\n' not in str(raised.value)


def test_keep_out_zones_are_read_and_may_be_left_out(make_robot: Make) -> None:
    path = make_robot(keep_out={'glass': [0.3, 0.4, -0.3, 0]})
    assert RobotFile.read(path).keep_out == (('glass', (0.3, 0.4, -0.3, 0.0)),)
    assert RobotFile.read(make_robot(keep_out=None)).keep_out == ()


def test_the_workspace_is_read_and_may_be_left_out(make_robot: Make) -> None:
    box = (-1.0, 1.0, -1.0, 1.0, 0.0, 2.0)
    assert RobotFile.read(make_robot(workspace=list(box))).workspace == box
    assert RobotFile.read('panda').workspace is None


def test_the_page_tells_every_key() -> None:
    page = share('docs/extend/robot.md').read_text()
    assert {item.name for item in fields(RobotFile)} <= set(re.findall(r'`(\w+)`', page))


def test_one_number_holds_for_every_joint_and_jerk_follows_the_acceleration(
    make_robot: Make,
) -> None:
    made = RobotFile.read(make_robot(acceleration=4, jerk=None))
    assert made.acceleration == (4.0,) * 7 and made.jerk == (2000.0,) * 7
    assert RobotFile.read(make_robot(acceleration=None)).acceleration == (12.0,) * 7


def test_of_seven_joints_the_third_is_held_if_the_file_says_nothing(make_robot: Make) -> None:
    assert RobotFile.read(make_robot(held=None)).held == ('joint3',)
    assert RobotFile.read('xarm6').held == ()


def test_a_look_beside_the_file_is_found_and_any_other_is_kept(make_robot: Make) -> None:
    path = make_robot(look='dress.urdf')
    assert RobotFile.read(path).look == 'dress.urdf'
    (path.parent / 'dress.urdf').write_text('<robot/>')
    assert RobotFile.read(path).look == str(path.parent / 'dress.urdf')
