"""The guide to a real arm, command by command in its order, at a stand-in of a UR5e.

Of `ros2` the test does what the launch files and services do: `ros2` itself is not on PyPI. The
stand-in's paddle is longer than drawn, its base stands aside, its camera hangs somewhere. `make
test` goes as far as the calibration, `make soak` to the cleared table.
"""

import os
import re
import shlex
import shutil
import subprocess
import sys

import arm_stand_in as stand_in
import numpy as np
import pytest
from board_picture import apart, pose
from person import Person, launched, put_down, seen
from scipy.spatial.transform import Rotation

from foresight.files import share
from foresight.nodes.drivers import camera_pose
from foresight.robots.arm import ArmModel
from foresight.tasks.site_file import load_scene

pytestmark = [pytest.mark.alone, pytest.mark.slow, pytest.mark.timeout(900)]
MINUTES = pytest.mark.skipif(
    'FORESIGHT_SOAK' not in os.environ, reason='it takes minutes: `make soak` runs it')
DOMAIN, REACH = 173, 0.1437
STRAIGHT = np.diag([1.0, -1.0, -1.0])
LEANS = [[0.35, 0, 0], [-0.35, 0, 0.2], [0, 0.35, 0.4], [0, -0.35, -0.2], [0.2, 0.2, 0]]
CORNERS = [[0.30, -0.30, 0.0], [0.30, 0.30, 0.0], [0.60, -0.2, 0.0], [0.6, 0.2, 0.0],
           [0.45, 0.0, 0.0]]


def commands():
    """Return the commands of the guide, in order."""
    blocks = re.findall(r'```bash\n(.*?)```', share('docs/real_robot.md').read_text(), re.S)
    return [shlex.split(line) for line in '\n'.join(blocks).splitlines() if line.strip()]


@pytest.fixture(scope='module')
def person(tmp_path_factory):
    folder = tmp_path_factory.mktemp('guide')
    shutil.copytree(share('config/robots/ur5e'), folder / 'true')
    with (folder / 'true/robot.yaml').open('a') as file:
        file.write(f'tool_reach: {REACH}\n')
    made = Person(folder, folder / 'true', stand_in.STAND, DOMAIN)
    yield made
    made.close()


def foresight(person, words, targets=()):
    """Run a command of ours; with Enter at each of the poses that the tool is guided to."""
    begun = subprocess.Popen(
        [sys.executable, '-m', 'foresight.cli.main', *words], cwd=person.folder, text=True,
        env=person.environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        for target in targets:
            person.place(target)
            begun.stdin.write('\n')
            begun.stdin.flush()
            lines = iter(begun.stdout.readline, '')
            assert any('captured:' in line for line in lines), words
        said, _ = begun.communicate('q\n' if targets else None, timeout=300)
    finally:
        begun.kill()
    return begun.returncode, said


def examined(person):
    """Ask the doctor what is to be mended, again where a busy machine hears of nobody."""
    words = following('foresight')
    for _ in range(5):
        said = foresight(person, words)[1]
        if 'joint_states (/joint_states)' not in mended(said):
            break
    return mended(said), said


def captured(words):
    """Return the poses of the tool for captures into a folder."""
    folder = words[2]
    if folder == 'turned':
        return [pose([0.45, 0.05, 0.05], lean, STRAIGHT) for lean in LEANS]
    if folder == 'touched':
        return [pose(corner, base=STRAIGHT) for corner in CORNERS]
    generator, found = np.random.default_rng(0), []
    for _ in range(10):
        place = np.array([0.48, 0.06, 0.38]) + generator.uniform(-0.1, 0.1, 3)
        found.append(pose(place, generator.uniform(-0.35, 0.35, 3), STRAIGHT))
    return found


STEPS = iter(commands())


def following(*begin):
    """Return the rest of the next command of the guide."""
    words = next(STEPS)
    assert words[:len(begin)] == list(begin), words
    return words[len(begin):]


def called(person):
    """Call the service that the guide calls next."""
    person.calls.trigger(following('ros2', 'service', 'call')[0], 60.0)


def test_paddle_table_and_camera_are_found(person):
    assert 'ur_type:=ur5e' in following('ros2', 'launch', 'ur_robot_driver')
    following('ros2', 'launch', 'realsense2_camera')
    person.start(share('test/drivers/arm_stand_in.py'), '--robot', person.folder / 'true')
    person.until(lambda: person.joints and person.standing, 'the drivers do not come up')
    wrong, said = examined(person)
    assert wrong == ['frames (/tf_static)'], said
    for _ in ('paddle', 'table'):
        words = following('foresight')
        assert foresight(person, words, captured(words))[0] == 0
        assert foresight(person, following('foresight'))[0] == 0
    assert foresight(person, following('foresight'))[0] == 0  # the board
    person.show('board')
    words = following('foresight')
    assert foresight(person, words, captured(words))[0] == 0
    person.show('empty')
    assert foresight(person, following('foresight'))[0] == 0
    found = load_scene(person.folder / 'my_table.yaml').stand
    assert np.abs(np.array(found) - stand_in.STAND).max() < 5e-4
    mine = ArmModel.load(person.folder / 'my_robot')
    true = ArmModel.load(person.folder / 'true')
    retract = np.array(mine.retract)
    assert np.abs(mine.tool_pose(retract) - true.tool_pose(retract)).max() < 5e-4
    place, turn = apart(seen_by(person), person.truth())
    assert place < 0.002 and turn < 0.2


def mended(said):
    """Return what `doctor` says is to be mended."""
    return [line.partition(': ')[0] for line in said.splitlines()
            if ': ' in line and not line.startswith(('│', '┃', '|'))]


def seen_by(person):
    """Return where the camera was found, in the frame of the arm."""
    numbers, found = camera_pose(str(person.folder / 'my_camera.yaml')), np.eye(4)
    found[:3, :3], found[:3, 3] = Rotation.from_quat(numbers[3:]).as_matrix(), numbers[:3]
    return found


def test_the_doctor_has_nothing_to_mend(person):
    wrong, said = examined(person)
    assert not wrong, said


@MINUTES
def test_a_dry_run_sends_nothing(person):
    words = following('ros2', 'launch', 'foresight', 'robot.launch.py')
    with launched(person, words):
        called(person)
        put_down(person)
        seen(person)
        called(person)
        person.until(lambda: person.said.get('guard', {}).get('status') == 'OK',
                     'no plan is judged', 240.0)
        called(person)
    assert not person.commanded and person.standing[:2] == [1, 1]


@MINUTES
def test_a_tenth_of_the_speed_is_slow(person):
    assert following('ros2', 'control', 'switch_controllers')[-1] == 'forward_position_controller'
    person.activate()
    with launched(person, following('ros2', 'launch', 'foresight', 'robot.launch.py')):
        person.fastest = 0.0
        called(person)
        person.until(lambda: person.fastest > 0.05, 'the arm does not move', 240.0)
        person.calls.spin(3.0)
    assert person.fastest < 0.1 * person.arm.velocity_limit.max()


@MINUTES
def test_the_table_is_cleared(person):
    put_down(person)
    with launched(person, following('ros2', 'launch', 'foresight', 'robot.launch.py')):
        seen(person)
        called(person)
        person.until(lambda: person.standing[1] == 0, 'the table is not cleared', 400.0)
    assert person.standing[2] == 0  # the controller refused no command
    assert next(STEPS, None) is None
