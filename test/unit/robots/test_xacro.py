"""Claims about xacro: what robots need is expanded, and a stranger's file does nothing else."""

from pathlib import Path
from xml.etree import ElementTree

import pytest

from foresight.errors import RobotError
from foresight.robots.description import load_urdf
from foresight.robots.robot_file import RobotFile
from foresight.robots.xacro import Xacro

HEAD = '<robot xmlns:xacro="http://www.ros.org/wiki/xacro" name="x">'


def expanded(folder: Path, body: str, **arguments: str) -> str:
    path = folder / 'arm.urdf.xacro'
    path.write_text(f'{HEAD}{body}</robot>')
    root = Xacro(arguments).expand(path)
    return ''.join(ElementTree.tostring(each, encoding='unicode') for each in root)


@pytest.mark.parametrize(('body', 'plain'), [
    ('<a x="${1 / 2}"/>', '<a x="0.5" />'),
    ('<xacro:property name="w" value="0.10"/><a x="${w}" y="${-w} 0"/>',
     '<a x="0.1" y="-0.1 0" />'),
    ('<xacro:property name="a" value="${b}"/><xacro:property name="b" value="2"/><i n="${a}"/>',
     '<i n="2" />'),
    ("<xacro:macro name=\"m\" params=\"p q:='1 2' r:=3\"><b q=\"${q}\" p=\"${p}\" r=\"${r}\"/>"
     '</xacro:macro><xacro:m p="x"/>', '<b p="x" q="1 2" r="3" />'),
    ('<xacro:macro name="m" params="*o"><l><xacro:insert_block name="o"/></l></xacro:macro>'
     '<xacro:m><origin xyz="${1 + 1}"/></xacro:m>', '<l><origin xyz="2" /></l>'),
    ('<xacro:macro name="m" params="**o"><l><xacro:insert_block name="o"/></l></xacro:macro>'
     '<xacro:m><c><d/><e/></c></xacro:m>', '<l><d /><e /></l>'),
    ('<xacro:if value="${1 == 1}"><a/></xacro:if><xacro:unless value="true"><b/></xacro:unless>',
     '<a />'),
    ('<xacro:arg name="tip" default="tool0"/><a n="$(arg tip)_x"/>', '<a n="tool0_x" />'),
    ('<a x="$${1}"/>', '<a x="${1}" />'),
    ('<xacro:macro name="m" params="p:=^|7"><b p="${p}"/></xacro:macro><xacro:m/>', '<b p="7" />'),
])
def test_what_robots_need_is_expanded(tmp_path: Path, body: str, plain: str) -> None:
    assert expanded(tmp_path, body) == plain


def test_another_file_is_included_beside_its_own(tmp_path: Path) -> None:
    (tmp_path / 'sub').mkdir()
    (tmp_path / 'sub' / 'parts.xacro').write_text(
        f'{HEAD}<xacro:property name="p" value="3"/><a d="$(dirname)"/></robot>')
    found = expanded(tmp_path, '<xacro:include filename="sub/parts.xacro"/><b p="${p}"/>')
    assert found == f'<a d="{tmp_path}/sub" /><b p="3" />'


EVIL = (
    "${[c for c in ().__class__.__base__.__subclasses__() if c.__name__ == 'Popen'][0]('%s')}",
    '${(lambda: ().__class__.__base__)()}', "${xacro.load_yaml('%s')}", "${open('%s', 'w')}",
    "$(eval open('%s', 'w'))", '$(env HOME)', '$(optenv HOME)', '$(command touch %s)',
    '$(find no_such_package)', '${', '$(arg unknown)',
)


@pytest.mark.parametrize('expression', EVIL)
def test_no_python_of_a_stranger_runs(tmp_path: Path, expression: str) -> None:
    touched = tmp_path / 'touched'
    with pytest.raises((ValueError, LookupError, OSError)):
        expanded(tmp_path, f'<a x="{expression.replace("%s", str(touched))}"/>')
    assert not touched.exists()


def test_an_expression_that_is_put_together_is_not_run(tmp_path: Path) -> None:
    body = ('<xacro:property name="a" value="$"/><xacro:macro name="m" params="*o">'
            '<xacro:insert_block name="o"/></xacro:macro>'
            '<xacro:m><o x="${a}{open(1)}" y="$${open(1)}"/></xacro:m>')
    with pytest.raises(ValueError, match='no arithmetic'):
        expanded(tmp_path, body)


@pytest.mark.parametrize(('body', 'message'), [
    ('<xacro:macro name="a" params=""><xacro:a/></xacro:macro><xacro:a/>', 'without end'),
    ('<xacro:include filename="arm.urdf.xacro"/>', 'without end'),
    (''.join(f'<xacro:macro name="m{i}" params="">{f"<xacro:m{i + 1}/>" * 10}</xacro:macro>'
             for i in range(9)) + '<xacro:macro name="m9" params=""/><xacro:m0/>',
     'grows too large'),
    ('<xacro:property name="a" value="${a}"/><i x="${a}"/>', 'no arithmetic'),
    ('<xacro:unknown/>', 'there is no macro unknown'),
    ('<xacro:macro name="m" params="p"/><xacro:m/>', 'm: p is missing'),
    ('<xacro:macro name="m" params=""/><xacro:m q="1"/>', 'm does not take q'),
    ('<a>' * 70 + '</a>' * 70, 'nested too deep'),
])
def test_what_has_no_end_or_no_meaning_is_refused(
    tmp_path: Path, body: str, message: str,
) -> None:
    with pytest.raises(ValueError, match=message):
        expanded(tmp_path, body)


def test_entities_are_refused(tmp_path: Path) -> None:
    path = tmp_path / 'arm.xacro'
    path.write_text(f'<!DOCTYPE r [<!ENTITY a "aaaa">]>{HEAD}<a x="&a;"/></robot>')
    with pytest.raises(ValueError, match='document type'):
        Xacro({}).expand(path)


def test_a_robot_that_needs_more_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / 'arm.urdf.xacro').write_text(f'{HEAD}<link name="$(env HOME)"/></robot>')
    robot = RobotFile('x', tmp_path / 'arm.urdf.xacro', 'a', 'b', ('c',), (0.0,))
    with pytest.raises(RobotError, match='arm.urdf.xacro cannot be read .*run `xacro` yourself'):
        load_urdf(robot)
