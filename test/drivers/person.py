"""Somebody at an arm: guides it by hand, puts things down, starts the nodes, looks."""

import os
import subprocess
import sys
import warnings
from contextlib import contextmanager

import numpy as np
import rclpy
from diagnostic_msgs.msg import DiagnosticArray
from geometry_msgs.msg import PoseStamped
from lifecycle_msgs.msg import Transition
from lifecycle_msgs.srv import ChangeState
from rclpy.context import Context
from rclpy.executors import SingleThreadedExecutor
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

with warnings.catch_warnings():  # how rclpy types its executor is not ours to keep young
    warnings.simplefilter('ignore')
    from foresight.nodes.calls import Calls


class Person:
    """Listens to a stand-in of an arm and a camera, and tells it what happens around them."""

    def __init__(self, folder, robot, stand, domain):
        self.arm = ArmModel.load(robot, stand)
        self.folder, self.environment = folder, {
            **os.environ, 'ROS_DOMAIN_ID': str(domain), 'PYTHONPATH': str(share('src')),
            'PYTHONUNBUFFERED': '1', 'ROS_AUTOMATIC_DISCOVERY_RANGE': 'LOCALHOST',
        }
        self.context = Context()
        rclpy.init(args=[], context=self.context, domain_id=domain)
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

    def activate(self):
        """Switch on what takes the commands."""
        self.tell['activate'].publish(String(data='on'))

    def close(self):
        for each in self.running:
            each.kill()
            each.wait()
        self.executor.shutdown()
        self.node.destroy_node()
        self.context.try_shutdown()


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


def put_down(person):
    """Put a thing on the table; the arm is at its retract pose."""
    person.show('things')
    person.until(lambda: person.standing[:2] == [1, 1], 'nothing is put down')


def seen(person):
    """Wait until what is on the table is in the picture."""
    before = person.pictures
    person.until(lambda: person.pictures > before + 2, 'no picture')
