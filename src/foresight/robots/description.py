"""The robot description: xacro or URDF with the tool mounted, as plain URDF.

Plain means that the joints of the arm move and nothing else does, and that all is drawn in
primitives.
"""

import xml.etree.ElementTree as ElementTree
from functools import cache
from pathlib import Path
from xml.etree.ElementTree import Element, SubElement

from foresight.errors import RobotError
from foresight.files import share
from foresight.reading import DAMAGE, damaged, read_bytes, reason
from foresight.robots.meshes import replace_meshes
from foresight.robots.robot_file import RobotFile
from foresight.robots.xacro import Xacro
from foresight.robots.xml import parse_xml

NOT_XACRO = ('of xacro, macros and arithmetic are read, and no Python is run; if it needs more '
             'and you trust it, run `xacro` yourself and give the URDF')
LARGEST = 1 << 22
"""Bytes of a description."""
TOOLS = 'urdf/tools'
TABLE = 'table'
"""Frame of the table, where the arm has a stand of its own."""
Stand = tuple[float, float, float, float]
_SUFFIX = '.urdf.xacro'
_MOVING = ('axis', 'limit', 'mimic', 'dynamics', 'safety_controller', 'calibration')


@cache
def load_urdf(robot: RobotFile) -> str:
    """Return the plain URDF of a robot as XML text.

    Raises:
        RobotError: If a file cannot be read, the tool or its flange is unknown, a joint of the
            arm has no limits, or a mesh is not there.
    """
    root = _read(robot.description, shapes=str(share('urdf/shapes.xacro')))
    if robot.tool is not None:
        _mount(root, robot)
    with damaged(robot.description, 'write it as URDF has it', RobotError):
        _make_plain(root, robot)
    ElementTree.indent(root)  # PyBullet cuts lines at 8 kB, so one element a line.
    return ElementTree.tostring(root, encoding='unicode')


def standing(urdf: str, base: str, stand: Stand) -> str:
    """Return a description whose root is the table that the arm stands at.

    Args:
        urdf: Plain URDF.
        base: Its root.
        stand: Where the root is in the frame of the table: x, y, height [m] and turn [rad].

    Raises:
        RobotError: If the URDF has a link of that name.
    """
    root = ElementTree.fromstring(urdf)
    if root.find(f"link[@name='{TABLE}']") is not None:
        raise RobotError(f'{root.get("name")} has a link {TABLE}: give it another name')
    link, joint = Element('link', name=TABLE), Element('joint', name='stand', type='fixed')
    _weigh(link)
    *place, turn = (str(number) for number in stand)
    SubElement(joint, 'origin', xyz=' '.join(place), rpy=f'0 0 {turn}')
    SubElement(joint, 'parent', link=TABLE)
    SubElement(joint, 'child', link=base)
    root.extend([link, joint])
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding='unicode')


def _read(path: Path, **arguments: str) -> Element:
    """Read URDF or expand xacro."""
    try:
        if path.suffix == '.xacro':
            return Xacro(arguments).expand(path)
        return parse_xml(read_bytes(path, LARGEST))
    except DAMAGE as error:
        remedy = NOT_XACRO if path.suffix == '.xacro' else 'give the whole URDF'
        raise RobotError(f'{path} cannot be read ({reason(error)}): {remedy}') from error


def _mount(root: Element, robot: RobotFile) -> None:
    """Put the tool on the flange."""
    tools = {path.name.removesuffix(_SUFFIX): path for path in sorted(share(TOOLS).iterdir())}
    if robot.tool not in tools:
        raise RobotError(f'tool {robot.tool!r} is unknown: choose one of {", ".join(tools)}')
    links = {link.get('name') for link in root.findall('link')}
    if robot.flange not in links or robot.tool_frame in links:
        raise RobotError(
            f'{robot.description}: the tool {robot.tool_frame} needs a link {robot.flange} to be '
            'mounted on, and its own name: change flange or tool_frame'
        )
    reach = {} if robot.tool_reach is None else {'reach': str(robot.tool_reach)}
    tool = _read(tools[robot.tool], flange=str(robot.flange), tip=robot.tool_frame, **reach)
    materials = {material.get('name') for material in root.findall('material')}
    root.extend(
        item for item in tool if item.tag != 'material' or item.get('name') not in materials
    )


def _make_plain(root: Element, robot: RobotFile) -> None:
    """Let the joints of the arm move and nothing else, and draw all in primitives."""
    for joint in root.findall('joint'):
        if joint.get('name') in robot.joints:
            _check_limits(joint)
        elif joint.get('type') != 'fixed':
            _fix(joint)
    for link in root.findall('link'):
        replace_meshes(link, robot.description)
        _weigh(link)


def _check_limits(joint: Element) -> None:
    """Refuse a joint that no limit holds."""
    name, limit = joint.get('name'), joint.find('limit')
    if joint.get('type') == 'continuous':
        raise RobotError(f'{name} turns without end, and only limits keep a cable whole: make it '
                         'revolute in the URDF, with a lower and an upper limit')
    found = {} if limit is None else limit.attrib
    low, high, speed = (float(found.get(key, 0.0)) for key in ('lower', 'upper', 'velocity'))
    if not low < high:
        raise RobotError(f'{name} has limits from {low:g} to {high:g} rad: give the joint its '
                         '<limit lower="..." upper="..."/> in the URDF')
    if not speed > 0.0:
        raise RobotError(f'{name} has a velocity limit of {speed:g} rad/s: give the joint its '
                         '<limit velocity="..."/> above 0 in the URDF')


def _fix(joint: Element) -> None:
    """Fix a joint that is not the arm's, a finger perhaps, at its zero."""
    joint.set('type', 'fixed')
    for part in [part for part in joint if part.tag in _MOVING]:
        joint.remove(part)


def _weigh(link: Element) -> None:
    """Give a bare frame next to no mass; PyBullet would give it a kilogram."""
    if link.find('inertial') is None:
        inertial = SubElement(link, 'inertial')
        SubElement(inertial, 'mass', value='0.001')
        turns = {'ixx': '1e-6', 'iyy': '1e-6', 'izz': '1e-6', 'ixy': '0', 'ixz': '0', 'iyz': '0'}
        SubElement(inertial, 'inertia', turns)
