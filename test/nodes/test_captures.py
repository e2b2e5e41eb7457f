"""Claims about taking captures at an arm that moves, or whose camera says nothing."""

import threading
import time
import warnings

import numpy as np
import pytest
import rclpy
from rclpy.context import Context
from sensor_msgs.msg import JointState

from foresight.errors import ObservationError
from foresight.nodes.drivers import driver_names
from foresight.nodes.joint_convert import joint_state
from foresight.robots.arm import ArmModel

with warnings.catch_warnings():  # how rclpy types its context is not ours to keep young
    warnings.simplefilter('ignore')
    from foresight.nodes import captures


@pytest.fixture
def driver(monkeypatch):
    """Publish the joints of an arm; what the test puts into `speed` they move by [rad/s]."""
    monkeypatch.setenv('ROS_DOMAIN_ID', '174')
    monkeypatch.setattr(captures, 'PATIENCE', 3.0)
    arm, speed, ended = ArmModel.load('ur5e'), [0.0], threading.Event()
    context = Context()
    rclpy.init(args=[], context=context)
    node = rclpy.create_node('driver', context=context)
    sender = node.create_publisher(JointState, '/joint_states', 10)

    def publish():
        begin = time.monotonic()
        while not ended.wait(0.01):
            places = np.array(arm.retract) + speed[0] * (time.monotonic() - begin)
            now = node.get_clock().now().nanoseconds * 1e-9
            sender.publish(joint_state(arm.joint_names, places, np.zeros(6), now))

    thread = threading.Thread(target=publish)
    thread.start()
    yield arm, speed
    ended.set()
    thread.join()
    node.destroy_node()
    context.try_shutdown()


def test_an_arm_at_rest_is_captured_and_one_that_moves_is_not(driver):
    arm, speed = driver
    with captures.capturing(arm, driver_names('ur5e'), camera=False) as capturer:
        taken = capturer.capture((412.0, 230.0))
        assert np.abs(taken.positions - arm.retract).max() < 1e-9
        assert taken.image is None and taken.pixel == (412.0, 230.0)
        speed[0] = 2.0
        with pytest.raises(ObservationError, match='the arm moved: wait until it stands still'):
            capturer.capture()


def test_a_silent_camera_is_named(driver):
    arm, _ = driver
    names = driver_names('ur5e', 'realsense')
    with captures.capturing(arm, names, camera=True) as capturer:
        with pytest.raises(ObservationError, match='nothing on /camera/camera/color/camera_info'):
            capturer.capture()
