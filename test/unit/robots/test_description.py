"""Any URDF becomes a plain one, or a line says what is wrong with it."""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from foresight.errors import RobotError
from foresight.robots.arm import ArmModel
from foresight.robots.description import load_urdf
from foresight.robots.robot_file import RobotFile
from foresight.robots.shape import ArmShape

Make = Callable[..., Path]

FINGERS = """
<link name="left"/><link name="right"/>
<joint name="finger" type="prismatic"><parent link="tool0"/><child link="left"/>
  <axis xyz="0 1 0"/><limit lower="0" upper="0.04" effort="20" velocity="0.2"/></joint>
<joint name="other" type="prismatic"><parent link="tool0"/><child link="right"/>
  <axis xyz="0 -1 0"/><limit lower="0" upper="0.04" effort="20" velocity="0.2"/>
  <mimic joint="finger"/></joint>
<link name="wheel"/>
<joint name="spin" type="continuous"><parent link="base_link"/><child link="wheel"/></joint>
</robot>"""
COVER = """
<link name="cover"><visual><origin xyz="1 0 0" rpy="0 0 1.5707963"/>
  <geometry><mesh filename="{name}" scale="1 2 1"/></geometry></visual>{more}</link>
<joint name="cover_joint" type="fixed"><parent link="base_link"/><child link="cover"/></joint>
</robot>"""
BALL = '<collision><origin xyz="0 0 2"/><geometry><sphere radius="0.1"/></geometry></collision>'


def joint7(urdf: str) -> str:
    (found,) = re.findall(r'<joint name="joint7".*?</joint>', urdf, re.S)
    return str(found)


def test_fingers_and_wheels_stand_still(make_robot: Make, panda_urdf: str) -> None:
    arm = ArmModel.load(make_robot(panda_urdf.replace('</robot>', FINGERS)))
    assert arm.joint_names == tuple(arm.model.names)[1:]
    assert 'mimic' not in arm.urdf
    assert arm.urdf.count('<inertial>') == arm.urdf.count('<link name')


def test_names_of_a_vendor_work(make_robot: Make, panda_urdf: str) -> None:
    urdf = re.sub(r'"joint(\d)"', r'"fr3_joint\1"', panda_urdf)
    joints = [f'fr3_joint{index}' for index in range(1, 8)]
    arm = ArmModel.load(make_robot(urdf, joints=joints, held=None))
    assert arm.joint_names == tuple(joints) and arm.held == ('fr3_joint3',)


@pytest.mark.parametrize(('limit', 'message'), [
    ('', r'joint7 has limits from 0 to 0 rad: .* in the URDF'),
    ('<limit lower="-1" upper="1" effort="1"/>', 'joint7 has a velocity limit of 0 rad/s'),
    ('<limit lower="-1" upper="1" effort="1" velocity="0"/>', 'joint7 has a velocity limit of 0'),
    ('<limit lower="low" upper="1" effort="1" velocity="1"/>', "could not convert .* 'low'"),
    ('<limit effort="1" velocity="1"/>', 'joint7 has limits from 0 to 0 rad'),
])
def test_a_joint_without_limits_is_named(
    make_robot: Make, panda_urdf: str, limit: str, message: str,
) -> None:
    joint = joint7(panda_urdf)
    broken = panda_urdf.replace(joint, re.sub(r'<limit[^>]*/>', limit, joint))
    with pytest.raises(RobotError, match=message):
        ArmModel.load(make_robot(broken))


def test_a_joint_that_turns_without_end_is_named(make_robot: Make, panda_urdf: str) -> None:
    joint = joint7(panda_urdf)
    endless = panda_urdf.replace(joint, joint.replace('revolute', 'continuous'))
    with pytest.raises(RobotError, match='joint7 turns without end'):
        ArmModel.load(make_robot(endless))


def test_a_mesh_gives_way_to_the_primitive_beside_it(make_robot: Make, panda_urdf: str) -> None:
    cover = COVER.format(name='package://vendor/cover.dae', more=BALL)
    arm = ArmModel.load(make_robot(panda_urdf.replace('</robot>', cover)))
    assert 'mesh' not in arm.urdf
    centres = [hull.mean(axis=0) for hull in ArmShape(arm).hulls(np.array(arm.retract))]
    assert np.min(np.linalg.norm(np.array(centres) - [0.0, 0.0, 2.0], axis=1)) < 0.01


@pytest.mark.parametrize('name', ['cube.stl', 'file://{here}/cube.stl', 'package://{own}/cube.stl'])
def test_a_mesh_alone_gives_way_to_the_box_around_it(
    make_robot: Make, panda_urdf: str, tmp_path: Path, name: str,
) -> None:
    corners = [(0, 0, 0), (0.1, 0, 0), (0, 0.2, 0), (0, 0, 0.3), (0.1, 0, 0), (0, 0, 0)]
    lines = ['vertex {} {} {}'.format(*corner) for corner in corners]
    faces = ['\n'.join(['facet normal 0 0 1', 'outer loop', *face, 'endloop', 'endfacet'])
             for face in (lines[:3], lines[3:])]
    (tmp_path / 'cube.stl').write_text('\n'.join(['solid cube', *faces, 'endsolid cube']))
    cover = COVER.format(name=name.format(here=tmp_path, own=tmp_path.name), more='')
    arm = ArmModel.load(make_robot(panda_urdf.replace('</robot>', cover)))
    box = next(hull for hull in ArmShape(arm).hulls(np.array(arm.retract)) if hull[0, 0] > 0.5)
    np.testing.assert_allclose(box.min(axis=0), [0.6, 0.0, 0.0], atol=1e-6)
    np.testing.assert_allclose(box.max(axis=0), [1.0, 0.1, 0.3], atol=1e-6)


@pytest.mark.parametrize('name', ['package://vendor/cover.dae', 'cover.stl'])
def test_a_mesh_that_is_not_there_is_named(make_robot: Make, panda_urdf: str, name: str) -> None:
    urdf = panda_urdf.replace('</robot>', COVER.format(name=name, more=''))
    with pytest.raises(RobotError, match=f'cover: {name}: no such file: draw the link'):
        ArmModel.load(make_robot(urdf))


def test_a_file_that_is_no_mesh_is_named(
    make_robot: Make, panda_urdf: str, tmp_path: Path,
) -> None:
    (tmp_path / 'cover.stl').write_text('not a mesh')
    urdf = panda_urdf.replace('</robot>', COVER.format(name='cover.stl', more=''))
    with pytest.raises(RobotError, match='cover: .*cover.stl is no mesh: draw the link'):
        ArmModel.load(make_robot(urdf))


@pytest.mark.parametrize(('changes', 'message'), [
    ({'tool': 'spoon'}, "tool 'spoon' is unknown: choose one of gripper, paddle"),
    ({'flange': 'wrist'}, 'needs a link wrist'),
    ({'tool_frame': 'link7'}, 'the tool link7'),
])
def test_a_tool_that_cannot_be_mounted_is_refused(changes: dict[str, str], message: str) -> None:
    with pytest.raises(RobotError, match=message):
        load_urdf(replace(RobotFile.read('panda'), **changes))


@pytest.mark.parametrize('name', ['arm.urdf', 'arm.xacro'])
def test_a_file_that_is_no_xml_is_refused(make_robot: Make, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text('<robot name="broken"')
    path = make_robot(description=name) if name != 'arm.urdf' else make_robot('<robot')
    with pytest.raises(RobotError, match=f'{name} cannot be read'):
        ArmModel.load(path)
