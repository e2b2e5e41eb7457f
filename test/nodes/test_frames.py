"""Claims about a camera whose place the tree of frames tells; ROS's own tf2_msgs carry it."""

import importlib.util

import numpy as np
import pytest
from geometry_msgs.msg import Quaternion, Transform, TransformStamped, Vector3

from foresight.errors import ConfigError
from foresight.nodes.convert import camera_info, image_message, pose_message
from foresight.nodes.joint_convert import header
from foresight.nodes.perception_node import PerceptionNode
from foresight.nodes.qos import FRAMES

INSTALLED = importlib.util.find_spec('tf2_msgs') is not None
ROS = pytest.mark.skipif(not INSTALLED, reason='tf2_msgs comes with ROS, not from PyPI')


@pytest.mark.skipif(INSTALLED, reason='tf2_msgs is here')
def test_that_the_messages_of_the_tree_are_missing_is_said(bench, checkpoint):
    with pytest.raises(ConfigError, match='install ros-<distro>-tf2-msgs, or publish camera/pose'):
        bench(PerceptionNode, checkpoint=checkpoint, camera_pose='tf')


def test_a_camera_that_was_calibrated_is_where_its_file_says(bench, stage, checkpoint):
    made = bench(PerceptionNode, ('image_rectified', 'camera/pose'), checkpoint=checkpoint,
                 camera_pose='given', camera_at='[0.5, 0.1, 1.25, 0.8, -0.6, 0.0, 0.0]')
    made.up()
    robot = stage(made)
    made.spin_until(lambda: made.heard['image_rectified'], look(made, robot))
    told = made.heard['camera/pose'][-1]
    assert told.header.frame_id == 'base_link' and told.pose.position.z == 1.25
    assert told.pose.orientation.y == -0.6


@pytest.fixture
def tree(bench, stage, checkpoint):
    """A perception node that reads the tree, a robot, and what says where a frame is."""
    from tf2_msgs.msg import TFMessage

    made = bench(PerceptionNode, ('image_rectified', 'camera/pose'), checkpoint=checkpoint,
                 camera_pose='tf', base_frame='arm_base').up()
    senders = {topic: made.probe.create_publisher(TFMessage, topic, profile)
               for topic, profile in FRAMES.items()}

    def tell(pose, topic='/tf_static', parent='arm_base', child='camera_optical_frame'):
        posed = pose_message(pose)
        place = {axis: getattr(posed.position, axis) for axis in 'xyz'}
        turn = {axis: getattr(posed.orientation, axis) for axis in 'xyzw'}
        moved = Transform(translation=Vector3(**place), rotation=Quaternion(**turn))
        senders[topic].publish(TFMessage(transforms=[TransformStamped(
            header=header(made.now(), parent), child_frame_id=child, transform=moved)]))

    return made, stage(made), tell


def look(made, robot):
    """Publish what the camera says, without a pose."""
    def each():
        made.say('camera/camera_info', camera_info(robot.view, made.now()))
        made.say('camera/image_raw', image_message(robot.image, made.now()))

    return each


@ROS
def test_the_camera_is_where_the_tree_says_and_the_others_hear_of_it(tree):
    made, robot, tell = tree
    made.spin_until(lambda: 'nothing came on /tf_static' in made.node.health.reason,
                    look(made, robot))
    tell(robot.view.base_from_camera)
    made.spin_until(lambda: made.heard['image_rectified'], look(made, robot))
    told = made.heard['camera/pose'][-1]
    assert told.header.frame_id == 'base_link'
    assert told.pose.position.z == pytest.approx(robot.view.base_from_camera[2, 3])


@ROS
def test_a_camera_that_moves_is_refused(tree):
    made, robot, tell = tree
    tell(np.eye(4), parent='hand')
    for angle in (0.0, 0.3):
        hand = robot.view.base_from_camera.copy()
        hand[0, 3] += angle
        tell(hand, '/tf', child='hand')
        made.spin(0.3, look(made, robot))
    made.spin_until(lambda: 'hand moves in arm_base' in made.node.health.reason, look(made, robot))
