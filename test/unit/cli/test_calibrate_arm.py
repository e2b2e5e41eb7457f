"""Claims about `foresight calibrate camera`, `table` and `paddle`, from captures to files."""

import json

import numpy as np
import pytest
from board_picture import DOWN, MATRIX, apart, draw_board, pose
from scipy.spatial.transform import Rotation

from foresight.calibration.board import BoardConfig
from foresight.calibration.captures import Capture, Captures
from foresight.calibration.fit import FitConfig
from foresight.calibration.touches import TouchConfig
from foresight.cli import calibrate_arm
from foresight.errors import FileError, ObservationError
from foresight.nodes.drivers import camera_pose, driver_names
from foresight.pictures import unpack
from foresight.robots.arm import ArmModel
from foresight.robots.kinematics import InverseKinematics
from foresight.tasks.site_file import load_scene

CAMERA = pose([0.52, 0.07, 1.23], [0.12, -0.09, 0.03], DOWN)
MOUNT = pose([0.03, -0.02, 0.05], [-0.2, 0.1, 0.05])


@pytest.fixture(scope='module')
def arm():
    return ArmModel.load('ur5e')


def told(command, tmp_path, *given, **named):
    """Call a command and return its document."""
    command(*given, **named, json=str(tmp_path / 'told.json'))
    return json.loads((tmp_path / 'told.json').read_text())


def solved(arm, target, start):
    """Return joints that bring the tool to a pose."""
    return InverseKinematics(arm, 0.05).reach(target, start)


def leaning(arm, count, generator):
    """Return joints above the middle of the table, the tool leaning to all sides."""
    found, start, straight = [], np.array(arm.retract), np.diag([1.0, -1.0, -1.0])
    for _ in range(count):
        place = np.array([0.45, 0.05, 0.30]) + generator.uniform(-0.1, 0.1, 3)
        lean = generator.uniform(-0.35, 0.35, 3)
        found.append(solved(arm, pose(place, lean, straight), start))
    return found


def test_camera_from_a_board(arm, tmp_path):
    generator, board, taken = np.random.default_rng(0), BoardConfig(square=0.03), []
    for joints in leaning(arm, 14, generator):
        there = np.linalg.inv(CAMERA) @ arm.tool_pose(joints) @ MOUNT
        seen = draw_board(np.full((480, 640, 3), 90, np.uint8), board, there, MATRIX, generator)
        taken.append(Capture(joints, seen))
    Captures(arm.joint_names, MATRIX, tuple(taken)).save(tmp_path / 'seen')
    out = tmp_path / 'my_camera.yaml'
    named = {'robot': 'ur5e', 'camera': 'realsense', 'out': out}
    figures = told(calibrate_arm.camera, tmp_path, tmp_path / 'seen', board, FitConfig(), **named)
    numbers, found = camera_pose(str(out)), np.eye(4)
    found[:3, :3], found[:3, 3] = Rotation.from_quat(numbers[3:]).as_matrix(), numbers[:3]
    place, turn = apart(found, CAMERA)
    assert place < 0.002 and turn < 0.2 and figures['off_px'] < 0.3
    names = driver_names('ur5e', str(out))
    assert names['image'] == '/camera/camera/color/image_raw' and names['pose_from'] == 'given'
    with pytest.raises(ObservationError, match='the square is as long as it was measured'):
        calibrate_arm.camera(tmp_path / 'seen', BoardConfig(square=0.027), FitConfig(), **named)


def touching(arm, points):
    """Return captures of touches, tool straight down."""
    start, straight = np.array(arm.retract), np.diag([1.0, -1.0, -1.0])
    return [Capture(solved(arm, pose(point, base=straight), start)) for point in points]


def test_table_from_touches_gives_a_site(arm, tmp_path):
    points = [[0.32, -0.25, 0.03], [0.60, -0.2, 0.03], [0.58, 0.22, 0.03], [0.35, 0.25, 0.031]]
    Captures(arm.joint_names, None, tuple(touching(arm, points))).save(tmp_path / 'touched')
    given = tmp_path / 'touched', TouchConfig(), BoardConfig()
    out = tmp_path / 'mine.yaml'
    figures = told(calibrate_arm.table, tmp_path, *given, robot='ur5e', site='workbench', out=out)
    scene, usual = load_scene(out), load_scene('workbench')
    assert abs(scene.stand[2] + 0.03) < 2e-3 and figures['farthest_off_mm'] < 1.0
    assert scene.bins == usual.bins and scene.table_near == usual.table_near
    with pytest.raises(FileError, match='is of an arm with joints shoulder_pan_joint'):
        calibrate_arm.table(*given, robot='panda', out=out)


def test_camera_from_touches(arm, tmp_path):
    points = np.array([[0.32, -0.25, 0.0], [0.6, -0.2, 0.0], [0.58, 0.22, 0.0], [0.35, 0.25, 0.0],
                       [0.45, 0.0, 0.1]])
    rays = (points - CAMERA[:3, 3]) @ CAMERA[:3, :3] @ MATRIX.T
    taken = [Capture(each.positions, None, tuple(ray[:2] / ray[2]))
             for each, ray in zip(touching(arm, points), rays, strict=True)]
    Captures(arm.joint_names, MATRIX, tuple(taken)).save(tmp_path / 'touched')
    out = tmp_path / 'camera.yaml'
    calibrate_arm.camera(tmp_path / 'touched', BoardConfig(), FitConfig(), robot='ur5e', out=out,
                         touches=True)
    assert np.abs(np.array(camera_pose(str(out))[:3]) - CAMERA[:3, 3]).max() < 0.002


def test_paddle_gives_a_robot_with_its_tool_as_long_as_it_is(arm, tmp_path):
    tip, point, taken = np.array([0.001, 0.0, 0.1432]), np.array([0.45, 0.05, 0.05]), []
    straight, offset = np.diag([1.0, -1.0, -1.0]), pose(tip - [0.0, 0.0, 0.14])
    for lean in ([0.35, 0, 0], [-0.35, 0, 0.2], [0, 0.35, 0.4], [0, -0.35, -0.2], [0.2, 0.2, 0]):
        target = pose(point, lean, straight) @ np.linalg.inv(offset)
        taken.append(Capture(solved(arm, target, np.array(arm.retract))))
    Captures(arm.joint_names, None, tuple(taken)).save(tmp_path / 'turned')
    out = tmp_path / 'my_robot'
    figures = told(calibrate_arm.paddle, tmp_path, tmp_path / 'turned', TouchConfig(),
                   robot='ur5e', out=out)
    assert abs(figures['tool_reach_m'] - 0.1432) < 5e-4 and abs(figures['aside_mm'] - 1.0) < 0.5
    mine, joints = ArmModel.load(out), np.array(arm.retract)
    assert abs(mine.tool_pose(joints)[2, 3] - arm.tool_pose(joints)[2, 3] + 0.0032) < 5e-4


def test_a_board_is_drawn(tmp_path):
    calibrate_arm.board(tmp_path / 'board.png', BoardConfig())
    drawn = unpack((tmp_path / 'board.png').read_bytes())
    assert (drawn == BoardConfig().draw()).all()
