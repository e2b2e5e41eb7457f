"""The robots of the package: published kinematics and limits, drawn in primitives."""

import math
from dataclasses import replace

import numpy as np
import pinocchio as pin
import pytest

from foresight.files import share
from foresight.robots.arm import ArmModel
from foresight.robots.description import TOOLS, load_urdf
from foresight.robots.robot_file import RobotFile

ROBOTS = sorted(folder.name for folder in share('config/robots').iterdir())
TURN, FLANGE, REACH = 2 * math.pi, 0.107, 0.14  # rad, m, m from flange to the tip of the paddle
# Rows of a, alpha, d and the offset of theta, as the makers publish them [m, rad].
PANDA = [  # modified: a and alpha before theta and d
    (0.0, 0.0, 0.333, 0.0), (0.0, -math.pi / 2, 0.0, 0.0), (0.0, math.pi / 2, 0.316, 0.0),
    (0.0825, math.pi / 2, 0.0, 0.0), (-0.0825, -math.pi / 2, 0.384, 0.0),
    (0.0, math.pi / 2, 0.0, 0.0), (0.088, math.pi / 2, 0.0, 0.0),
]
UR5E = [
    (0.0, math.pi / 2, 0.1625, 0.0), (-0.425, 0.0, 0.0, 0.0), (-0.3922, 0.0, 0.0, 0.0),
    (0.0, math.pi / 2, 0.1333, 0.0), (0.0, -math.pi / 2, 0.0997, 0.0), (0.0, 0.0, 0.0996, 0.0),
]
XARM6 = [
    (0.0, -math.pi / 2, 0.267, 0.0), (0.2894886, 0.0, 0.0, -1.3849179),
    (0.0775, -math.pi / 2, 0.0, 1.3849179), (0.0, math.pi / 2, 0.3425, 0.0),
    (0.076, -math.pi / 2, 0.0, 0.0), (0.0, 0.0, 0.097, 0.0),
]


def turn(axis: str, angle: float) -> np.ndarray:
    """Homogeneous rotation about x or z."""
    pose = np.eye(4)
    pose[:3, :3] = pin.utils.rotate(axis, angle)
    return pose


def shift(x: float, y: float, z: float) -> np.ndarray:
    """Homogeneous translation."""
    pose = np.eye(4)
    pose[:3, 3] = x, y, z
    return pose


def flange(robot: str, positions: np.ndarray) -> np.ndarray:
    """Position of the flange in `base_link` and direction of its z, by the published table."""
    pose = np.eye(4)
    for (a, alpha, d, offset), angle in zip(
        {'panda': PANDA, 'ur5e': UR5E, 'xarm6': XARM6}[robot], positions, strict=True,
    ):
        link, joint = shift(a, 0, 0) @ turn('x', alpha), turn('z', angle + offset) @ shift(0, 0, d)
        pose = pose @ (link @ joint if robot == 'panda' else joint @ link)
    if robot == 'panda':
        return pose @ shift(0, 0, FLANGE)
    # Universal Robots' own base frame looks back; both arms stand where their file says.
    stand = shift(-0.10, 0, 0) @ turn('z', math.pi) if robot == 'ur5e' else shift(0.03, 0, 0)
    return stand @ pose


@pytest.mark.parametrize('seed', range(3))
@pytest.mark.parametrize('robot', ROBOTS)
def test_kinematics_are_the_published_ones(robot: str, seed: int) -> None:
    arm, generator = ArmModel.load(robot), np.random.default_rng(seed)
    positions = generator.uniform(arm.position_low, arm.position_high)
    expected, found = flange(robot, positions), arm.tool_pose(positions)
    np.testing.assert_allclose(found[:3, 2], expected[:3, 2], atol=1e-4)
    np.testing.assert_allclose(found[:3, 3], (expected @ shift(0, 0, REACH))[:3, 3], atol=1e-4)


@pytest.mark.parametrize(('robot', 'low', 'high', 'velocity', 'effort'), [
    ('panda', [-2.8973, -1.7628, -2.8973, -3.0718, -2.8973, -0.0175, -2.8973],
     [2.8973, 1.7628, 2.8973, -0.0698, 2.8973, 3.7525, 2.8973],
     [2.175] * 4 + [2.61] * 3, [87] * 4 + [12] * 3),
    ('ur5e', [-TURN, -TURN, -TURN / 2, -TURN, -TURN, -TURN],
     [TURN, TURN, TURN / 2, TURN, TURN, TURN], [math.radians(180)] * 6, [150] * 3 + [28] * 3),
    ('xarm6', [-TURN, *np.radians([-118, -225]), -TURN, math.radians(-97), -TURN],
     [TURN, *np.radians([120, 11]), TURN, math.radians(180), TURN],
     [2.14] * 6, [50, 50, 32, 32, 32, 20]),
])
def test_limits_are_the_published_ones(
    robot: str, low: list[float], high: list[float], velocity: list[float], effort: list[float],
) -> None:
    arm = ArmModel.load(robot)
    np.testing.assert_allclose(arm.position_low, low)
    np.testing.assert_allclose(arm.position_high, high)
    np.testing.assert_allclose(arm.velocity_limit, velocity)
    np.testing.assert_allclose(arm.model.effortLimit, effort)


@pytest.mark.parametrize('robot', ROBOTS)
def test_the_description_is_drawn_in_primitives_and_short_lines(robot: str) -> None:
    urdf = ArmModel.load(robot).urdf
    assert 'mesh' not in urdf
    assert max(map(len, urdf.splitlines())) < 8192  # PyBullet cuts them there


@pytest.mark.parametrize('robot', ROBOTS)
def test_the_source_of_the_numbers_is_named(robot: str) -> None:
    text = (share('config/robots') / robot / 'arm.urdf.xacro').read_text()
    assert 'Kinematics' in text.partition('<robot')[0]


@pytest.mark.parametrize('tool', [path.name.split('.')[0] for path in share(TOOLS).iterdir()])
@pytest.mark.parametrize('robot', ROBOTS)
def test_every_robot_takes_every_tool(robot: str, tool: str) -> None:
    file = replace(RobotFile.read(robot), tool=tool)
    arm = ArmModel(load_urdf(file), file)
    assert arm.tool.width > 0.0 and arm.model.nq == len(arm.joint_names)


@pytest.mark.parametrize('robot', ROBOTS)
def test_the_tool_is_vertical_and_high_at_retract(robot: str) -> None:
    arm = ArmModel.load(robot)
    pose = arm.tool_pose(np.array(arm.retract))
    np.testing.assert_allclose(pose[:3, 2], [0.0, 0.0, -1.0], atol=1e-4)
    assert pose[2, 3] > 0.12


@pytest.mark.parametrize('robot', ROBOTS)
def test_with_the_last_joint_at_zero_an_action_goes_outward(robot: str) -> None:
    arm = ArmModel.load(robot)
    positions = np.array(arm.retract)
    positions[0], positions[-1] = 0.4, 0.0
    pose = arm.tool_pose(positions)
    np.testing.assert_allclose(pose[:3, 0], [np.cos(0.4), np.sin(0.4), 0.0], atol=1e-4)
