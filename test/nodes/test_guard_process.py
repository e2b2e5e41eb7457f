"""Claims about the guard in a process of its own: what it loads, how it ends."""

import os
import signal
import subprocess
import sys
from functools import partial

import numpy as np
import pytest
from lifecycle_msgs.msg import Transition
from lifecycle_msgs.srv import ChangeState
from rclpy.node import Node

from foresight.data.joint_messages import seconds
from foresight.files import share
from foresight.nodes.joint_convert import joint_state, trajectory
from foresight.nodes.topics import NODES

pytestmark = pytest.mark.alone

HEARS = ('commands', '/diagnostics')


@pytest.mark.parametrize('name', ['guard', 'recorder'])
def test_what_does_not_learn_loads_nothing_that_does(name):
    loaded = subprocess.run(
        [sys.executable, '-c', f'import {NODES[name].module}, sys; print(*sys.modules)'],
        env={**os.environ, 'PYTHONPATH': str(share('src'))}, capture_output=True, text=True,
        check=True,
    ).stdout.split()
    assert 'rclpy' in loaded
    learns = {name for name in loaded if name.split('.')[0] in ('torch', 'pybullet')}
    rooms = {name.split('.')[1] for name in loaded if name.startswith('foresight.')}
    assert not learns and not rooms & {'world_model', 'planning', 'learning', 'sim', 'agent'}


class Driver:
    """The driver of an arm that goes where it is told by a guard in a process of its own."""

    def __init__(self, made, stage, log):
        self.made, self.robot = made, stage(made)
        self.where = np.array(self.robot.arm.retract)
        with log.open('wb') as output:
            self.process = subprocess.Popen(
                [sys.executable, '-m', NODES['guard'].module], stderr=output,
                env={**os.environ, 'PYTHONPATH': str(share('src'))},
            )
        for step in (Transition.TRANSITION_CONFIGURE, Transition.TRANSITION_ACTIVATE):
            client = made.probe.create_client(ChangeState, 'guard/change_state')
            made.spin_until(client.service_is_ready)
            made.spin(0.5)
            done = client.call_async(ChangeState.Request(transition=Transition(id=step)))
            made.spin_until(done.done)
            assert done.result().success

    @property
    def commands(self):
        return self.made.heard['commands']

    def follow(self):
        """Measure what was commanded last."""
        last = self.commands[-1] if self.commands else joint_state(
            self.robot.arm.joint_names, self.where, np.zeros(7), 0.0
        )
        self.made.say('joint_states', joint_state(
            tuple(last.name), np.array(last.position), np.array(last.velocity), self.made.now(),
        ))

    def ride(self):
        """Send a fast plan and wait until the arm is on its way."""
        self.made.spin_until(lambda: self.commands, self.follow)
        plan = self.robot.line(speed=1.5, seconds=1.5)
        self.made.say('joint_plan', trajectory(plan, self.robot.arm.joint_names))
        self.made.spin_until(lambda: self.commands[-1].velocity[0] > 1.4, self.follow)

    def close(self):
        self.process.kill()
        self.process.wait()


@pytest.fixture
def driver(bench, stage, tmp_path):
    made = Driver(bench(partial(Node, 'driver'), HEARS), stage, tmp_path / 'log')
    yield made
    made.close()


@pytest.mark.parametrize('number', [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_guard_that_is_ended_in_mid_motion_brakes_first(driver, number):
    driver.ride()
    driver.process.send_signal(number)
    driver.made.spin_until(lambda: driver.process.poll() is not None, driver.follow)
    driver.made.spin(0.2)
    assert driver.process.returncode == 0
    speeds = np.array([command.velocity[0] for command in driver.commands])
    braking = speeds[np.flatnonzero(speeds > 1.4)[-1]:]
    assert len(braking) > 10 and (np.diff(braking) < 1e-9).all() and braking[-1] == 0.0
    turned = np.diff([command.position[0] for command in driver.commands])
    # However late a tick was, the arm is led no further than it may go in that time.
    passed = np.diff([seconds(command.header.stamp) for command in driver.commands])
    fastest = driver.robot.arm.velocity_limit[0]
    assert (np.abs(turned) <= fastest * (passed + 0.005)).all()


def test_second_signal_ends_the_guard_at_once(driver):
    driver.ride()
    driver.process.send_signal(signal.SIGTERM)
    driver.made.spin(0.03, driver.follow)
    driver.process.send_signal(signal.SIGTERM)
    driver.made.spin_until(lambda: driver.process.poll() is not None, driver.follow)
    driver.made.spin(0.2)
    assert driver.process.returncode == 0
    assert driver.commands[-1].velocity[0] > 0.0


def test_guard_at_rest_leaves_with_status_0(driver):
    driver.made.spin_until(lambda: driver.commands, driver.follow)
    driver.process.send_signal(signal.SIGTERM)
    assert driver.process.wait(10) == 0
