"""Claims about `doctor --live`: against drivers in processes of their own, with a fault each."""

import os
import subprocess
import sys
import time

import pytest

from foresight.files import share
from foresight.nodes.live import LiveConfig, examine

pytestmark = pytest.mark.alone

DOMAIN = '171'


@pytest.fixture
def drive(monkeypatch):
    """Start a process in a domain of its own, and end it with the test."""
    monkeypatch.setenv('ROS_DOMAIN_ID', DOMAIN)
    started = []

    def start(*words):
        started.append(subprocess.Popen(
            [sys.executable, *map(str, words)], env=dict(os.environ), stdout=subprocess.PIPE))
        return started[-1]

    yield start
    for each in started:
        each.kill()
        each.communicate()


@pytest.fixture
def seen(drive, request):
    """What was found of a driver, with its fault, once it is up."""
    driver = drive(DRIVER, *getattr(request, 'param', ()))
    assert driver.stdout.readline() == b'up\n'
    return found()


def found(seconds=1.5, robot='ur5e', camera=''):
    """Return what was found, by what was looked at."""
    return {item.what.partition(' (')[0]: item
            for item in examine(LiveConfig(robot, camera, seconds))}


def once_up(robot):
    """Return what was found as soon as a driver is heard of."""
    deadline = time.monotonic() + 60.0
    while time.monotonic() < deadline:
        seen = found(robot=robot)
        if 'joints' in seen:
            return seen
    raise AssertionError('the driver does not come up')


def wrong(seen):
    return {what for what, item in seen.items() if item.remedy}


DRIVER = share('test/drivers/robot_driver.py')


def test_drivers_that_are_right_need_nothing(seen):
    assert wrong(seen) == set(), seen
    assert seen['camera stands at'].found == '0.50 m, 0.10 m, 1.25 m'
    assert seen['joints'].found == 'all 6, inside their limits'


@pytest.mark.parametrize(('seen', 'where', 'remedy'), [
    (('--without', 'camera/camera_info'), {'camera_info'}, 'start the driver'),
    (('--without', 'commands'), {'commands'}, 'activate the controller'),
    (('--without', 'elbow_joint'), {'joints'}, 'name the joints of the driver'),
    (('--camera-ahead', '1.5'), {'stamps of image', 'clocks of camera and arm'},
     'stamps are ahead: set the clocks'),
    (('--joints-old', '0.6'), {'stamps of joint_states', 'clocks of camera and arm'},
     'stamps are old'),
    (('--volatile-pose',), {'camera_pose'}, 'publish it reliable, transient local, as it is read'),
    (('--period', '0.1'), {'joint_states', 'image'}, 'a second are needed'),
], indirect=['seen'])
def test_each_fault_is_named_with_what_to_do(seen, where, remedy):
    assert wrong(seen) == where, seen
    first = next(item for item in seen.values() if item.remedy)
    assert remedy in first.remedy, first


def test_the_simulator_is_right_for_its_own_arm_and_wrong_for_another(drive):
    drive('-m', 'foresight.nodes.sim_node', '--ros-args', '-p', 'object_set:=empty')
    seen = once_up(robot='panda')
    assert '/clock is published' in seen['clock'].found
    # The simulator takes joint states as commands; a real arm usually numbers.
    assert wrong(seen) == {'commands'} and 'command_interface' in seen['commands'].remedy
    assert 'shoulder_pan_joint' in once_up(robot='ur5e')['joints'].found


def test_where_nobody_is_each_topic_says_what_to_start(monkeypatch):
    monkeypatch.setenv('ROS_DOMAIN_ID', '172')
    seen = found(1.0, camera='realsense')
    assert 'static_transform_publisher' in seen['frames'].remedy
    assert seen['image'].remedy == 'start the driver, or give its topic: image:='
    assert len(wrong(seen)) == 5
