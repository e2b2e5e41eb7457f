"""Claims about images too large for one packet, from a driver in a process of its own."""

import os
import subprocess
import sys

import pytest
from sensor_msgs.msg import Image

from foresight.files import share
from foresight.nodes.perception_node import LOST, NO_IMAGE, PerceptionNode
from foresight.nodes.recorder_node import RecorderNode

pytestmark = pytest.mark.alone

PROFILES = 'FASTDDS_DEFAULT_PROFILES_FILE'
DRIVER = """
import sys, time
from array import array
import rclpy
from rclpy.qos import QoSProfile, ReliabilityPolicy
from sensor_msgs.msg import Image
rclpy.init()
kind, width, height = ReliabilityPolicy[sys.argv[1]], *map(int, sys.argv[2:])
node = rclpy.create_node('camera')
sender = node.create_publisher(Image, 'camera/image_raw', QoSProfile(depth=5, reliability=kind))
image = Image(height=height, width=width, step=3 * width, encoding='rgb8',
              data=array('B', bytes(3 * width * height)))
while True:
    image.header.stamp = node.get_clock().now().to_msg()
    sender.publish(image)
    time.sleep(0.1)
"""


@pytest.fixture
def drive():
    """Start drivers, and end them with the test."""
    started = []

    def start(offered, size, **environment):
        words = [sys.executable, '-c', DRIVER, offered, *map(str, size)]
        started.append(subprocess.Popen(words, env={**os.environ, **environment}))

    yield start
    for each in started:
        each.kill()
        each.wait()


@pytest.mark.parametrize(('offered', 'environment'), [
    ('RELIABLE', {}), ('BEST_EFFORT', {PROFILES: str(share('config/fastdds.xml'))}),
])
def test_large_images_arrive_reliably_or_in_a_large_enough_memory(
    bench, drive, tmp_path, offered, environment,
):
    made = bench(RecorderNode, folder=tmp_path, topics='[camera/image_raw]')
    drive(offered, (640, 480), **environment)
    bag = made.node._bag
    made.spin_until(lambda: bag.count > 3)
    before = bag.count
    made.spin(3.0)
    assert bag.count - before >= 20  # of 30


def test_small_images_arrive_with_best_effort(bench, drive, tmp_path):
    made = bench(RecorderNode, folder=tmp_path, topics='[camera/image_raw]')
    drive('BEST_EFFORT', (128, 96))
    made.spin_until(lambda: made.node._bag.count > 10)


def test_that_images_of_a_driver_do_not_arrive_is_said(bench, checkpoint):
    made = bench(PerceptionNode, checkpoint=checkpoint).up()
    made.spin_until(lambda: made.node.health.reason == NO_IMAGE)
    made.probe.create_publisher(Image, 'camera/image_raw', 10)
    made.spin_until(lambda: made.node.health.reason == LOST)
    assert 'config/fastdds.xml' in LOST
