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
import warnings
from contextlib import contextmanager

import numpy as np
import pytest
import rclpy
import ur5e_stand_in as stand_in
from board_picture import apart, pose
from diagnostic_msgs.msg import DiagnosticArray
from geometry_msgs.msg import PoseStamped
from lifecycle_msgs.msg import Transition
from lifecycle_msgs.srv import ChangeState
from rclpy.context import Context
from rclpy.executors import SingleThreadedExecutor
from scipy.spatial.transform import Rotation
from sensor_msgs.msg import Image, JointState
from std_msgs.msg import Float64MultiArray, Int32MultiArray, String

from foresight.data.messages import pose_array
from foresight.files import root, share
from foresight.nodes.drivers import camera_pose, driver_names
from foresight.nodes.qos import LATCHED
from foresight.nodes.topics import NODES
from foresight.robots.arm import ArmModel
from foresight.robots.kinematics import InverseKinematics
from foresight.signals import die_with
from foresight.tasks.site_file import load_scene

with warnings.catch_warnings():  # how rclpy types its executor is not ours to keep young
    warnings.simplefilter('ignore')
    from foresight.nodes.calls import Calls

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


class Person:
    """Somebody who follows the guide: guides the arm by hand, puts things down, looks."""

    def __init__(self, folder):
        self.folder, self.environment = folder, {
            **os.environ, 'ROS_DOMAIN_ID': str(DOMAIN), 'PYTHONPATH': str(share('src')),
            'PYTHONUNBUFFERED': '1', 'ROS_AUTOMATIC_DISCOVERY_RANGE': 'LOCALHOST',
        }
        self.context = Context()
        rclpy.init(args=[], context=self.context, domain_id=DOMAIN)
        self.node = rclpy.create_node('person', context=self.context)
        self.executor = SingleThreadedExecutor(context=self.context)
        self.executor.add_node(self.node)
        self.calls, self.running = Calls(self.node, self.executor), []
        self.joints, self.standing, self.camera, self.said = None, None, None, {}
        self.commanded, self.fastest, self.pictures = [], 0.0, 0
        hear, make = self.node.create_subscription, self.node.create_publisher
        hear(JointState, '/joint_states', self.feel, 10)
        hear(Int32MultiArray, '/stand_in/standing', self.count, 10)
        hear(Float64MultiArray, '/forward_position_controller/commands',
             self.commanded.append, 10)
        hear(DiagnosticArray, '/diagnostics', self.read, 50)
        hear(Image, '/image_rectified', self.look, 10)
        hear(PoseStamped, '/stand_in/camera', self.know, LATCHED)
        self.hand = make(Float64MultiArray, '/stand_in/hand', 10)
        self.tell = {name: make(String, f'/stand_in/{name}', 10) for name in ('show', 'activate')}
        self.arm = None

    def feel(self, message):
        self.joints = dict(zip(message.name, message.position, strict=True))
        self.fastest = max(self.fastest, *map(abs, message.velocity))

    def count(self, message):
        self.standing = list(message.data)

    def look(self, message):
        self.pictures += 1

    def know(self, message):
        self.camera = pose_array(message.pose)

    def read(self, message):
        for status in message.status:
            self.said[status.name] = {each.key: each.value for each in status.values}

    def until(self, condition, what, limit=120.0):
        self.calls.spin_until(condition, limit, what)

    def start(self, *words):
        """Start a process that ends with the test."""
        parent = os.getpid()
        self.running.append(subprocess.Popen(
            [sys.executable, *map(str, words)], env=self.environment, cwd=self.folder,
            preexec_fn=lambda: die_with(parent)))
        return self.running[-1]

    def place(self, target):
        """Guide the tool to a pose in the frame of the table, and let go."""
        start = np.array(self.arm.retract)
        joints = InverseKinematics(self.arm, 0.02).reach(target, start)
        self.hand.publish(Float64MultiArray(data=joints.tolist()))
        wanted = dict(zip(self.arm.joint_names, joints, strict=True))
        self.until(lambda: max(abs(self.joints[name] - wanted[name]) for name in wanted) < 1e-3,
                   'the arm is not guided')

    def truth(self):
        """Return where the camera really is, in the frame of the arm."""
        return np.linalg.inv(self.arm.table_from_base) @ self.camera

    def show(self, what):
        self.tell['show'].publish(String(data=what))

    def close(self):
        for each in self.running:
            each.kill()
            each.wait()
        self.executor.shutdown()
        self.node.destroy_node()
        self.context.try_shutdown()


@pytest.fixture(scope='module')
def person(tmp_path_factory):
    folder = tmp_path_factory.mktemp('guide')
    shutil.copytree(share('config/robots/ur5e'), folder / 'true')
    with (folder / 'true/robot.yaml').open('a') as file:
        file.write(f'tool_reach: {REACH}\n')
    made = Person(folder)
    made.arm = ArmModel.load(folder / 'true', stand_in.STAND)
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


@contextmanager
def launched(person, words):
    """Run the nodes of `robot.launch.py` with its arguments."""
    given = dict(word.split(':=') for word in words)
    names = driver_names(str(person.folder / given['robot']), str(person.folder / given['camera']))
    common = {'robot': given['robot'], 'site': given['site'], 'use_sim_time': 'true'}
    pace = {'dry_run': given.get('dry_run', 'false'), 'speed': float(given.get('speed', 100))}
    camera = {'camera_pose': names['pose_from'], 'background': given['background'],
              'camera_at': list(camera_pose(str(person.folder / given['camera'])))}
    own = {'guard': {**pace, 'command_interface': names['command_interface']},
           'perception': camera, 'planner': pace, 'predictor': {}}
    driven = {'image': 'camera/image_raw', 'camera_info': 'camera/camera_info',
              'joint_states': 'joint_states', 'commands': 'commands'}
    started = []
    for name, more in own.items():
        words = ['-m', NODES[name].module, '--ros-args', '--params-file', root() /
                 NODES[name].config]
        words += [w for k, v in {**common, **more}.items() for w in ('-p', f'{k}:={v}')]
        words += [w for k, v in driven.items() for w in ('-r', f'{v}:={names[k]}')]
        started.append(person.start(*words))
    try:
        for step in (Transition.TRANSITION_CONFIGURE, Transition.TRANSITION_ACTIVATE):
            asked = [person.calls.ask(ChangeState, f'/{name}/change_state', ChangeState.Request(
                transition=Transition(id=step))) for name in own]
            for name, answer in zip(own, asked, strict=True):
                assert person.calls.wait_for(answer, name).success, name
        yield
    finally:
        for each in started:
            each.terminate()
        for each in started:
            each.wait(30)
        for each in person.calls._clients.values():
            person.node.destroy_client(each)
        person.calls._clients.clear()
        person.until(lambda: not set(own) & set(person.node.get_node_names()), 'a node stays')


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
    person.start(share('test/drivers/ur5e_stand_in.py'), '--robot', person.folder / 'true')
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


def put_down(person):
    """Put a thing on the table; the arm is at its retract pose."""
    person.show('things')
    person.until(lambda: person.standing[:2] == [1, 1], 'nothing is put down')


def seen(person):
    """Wait until what is on the table is in the picture."""
    before = person.pictures
    person.until(lambda: person.pictures > before + 2, 'no picture')


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
    person.tell['activate'].publish(String(data='on'))
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
