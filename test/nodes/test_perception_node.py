"""Claims about the perception node, over real topics."""

import cv2
import numpy as np
import pytest
import torch
from rosgraph_msgs.msg import Clock
from sensor_msgs.msg import CompressedImage, Image

from foresight.data.images import image_array
from foresight.data.messages import latent_tensor
from foresight.nodes.convert import CAMERA, camera_info, camera_pose, image_message
from foresight.nodes.joint_convert import header, stamp_of
from foresight.nodes.perception_node import PerceptionNode
from foresight.robots.status import Status
from foresight.settings import SceneConfig
from foresight.world_model.encoder import EncoderConfig
from foresight.world_model.observation.rectification import Rectifier

HEARS = ('latent', 'image_rectified', 'image_background')


@pytest.fixture
def seeing(bench, stage, checkpoint):
    """An active perception node, and a robot to publish for it."""
    made = bench(PerceptionNode, HEARS, checkpoint=checkpoint, device='cpu').up()
    return made, stage(made)


def show(robot):
    """Publish everything a robot with a camera does."""
    def each():
        robot.joints()
        robot.camera()

    return each


def capture(made, robot):
    """Capture the empty table, as soon as perception allows it."""
    made.spin_until(lambda: made.heard['image_rectified'], show(robot))
    made.spin(0.3, show(robot))
    answer = made.call('perception/capture_background')
    assert answer.success, answer.message


def test_latent_carries_the_stamp_and_grid_of_its_image(seeing):
    made, robot = seeing
    capture(made, robot)
    made.spin_until(lambda: made.heard['latent'], show(robot))
    message = made.heard['latent'][-1]
    made.spin_until(lambda: message.header.stamp in [
        each.header.stamp for each in made.heard['image_rectified']
    ])
    assert (message.encoding, message.height, message.width) == ('32FC16', 16, 24)
    assert torch.isfinite(latent_tensor(message)).all()


def test_without_an_empty_table_there_is_no_latent_but_a_remedy(seeing):
    made, robot = seeing
    made.spin_until(lambda: made.node.health.status is Status.STALE_IMAGE, show(robot))
    made.spin_until(lambda: 'capture the background' in made.node.health.reason, show(robot))
    made.spin_until(lambda: made.heard['image_rectified'], show(robot))
    assert not made.heard['latent']


def test_a_view_that_things_do_not_explain_gives_no_latent_until_it_is_gone(seeing):
    made, robot = seeing
    capture(made, robot)
    made.spin_until(lambda: made.node.health.status is Status.OK, show(robot))
    usual = robot.image
    robot.image = usual.copy()
    robot.image[20:70, 40:80] = (40, 50, 200)  # a hand, with its sleeve
    made.spin_until(lambda: 'take hands and shadows away' in made.node.health.reason, show(robot))
    assert made.node.health.status is Status.STALE_IMAGE
    made.heard['latent'].clear()
    made.spin(0.3, show(robot))
    assert not made.heard['latent']
    robot.image = usual
    made.spin_until(lambda: made.heard['latent'], show(robot))


def test_an_arm_in_the_picture_is_no_reason_to_doubt_it(seeing):
    made, robot = seeing
    capture(made, robot)
    away, robot.image = np.array(robot.arm.retract), robot.image.copy()
    away[0] += 0.5
    robot.image[20:70, 40:80] = (40, 50, 200)

    def each():
        robot.joints(away)
        robot.camera()

    made.spin(0.3, lambda: robot.joints(away))
    made.heard['latent'].clear()
    made.spin_until(lambda: made.heard['latent'], each)


def test_missing_camera_pose_is_named(seeing):
    made, robot = seeing

    def blind():
        made.say('camera/camera_info', camera_info(robot.view, made.now()))
        made.say('camera/image_raw', image_message(robot.image, made.now()))

    made.spin_until(lambda: 'camera/pose' in made.node.health.reason, blind)


def test_image_of_another_size_is_refused(seeing):
    made, robot = seeing
    robot.image = robot.image[:48]
    made.spin_until(lambda: made.node.health.status is Status.STALE_IMAGE, show(robot))
    assert not made.heard['latent']


def test_image_of_another_encoding_is_refused(seeing):
    made, robot = seeing

    def grey():
        show(robot)()
        message = image_message(robot.image, made.now())
        message.encoding = '16UC1'
        made.say('camera/image_raw', message)

    made.spin_until(lambda: 'remap to the colour image' in made.node.health.reason, grey)


def test_camera_pose_that_is_not_finite_is_refused(seeing):
    made, robot = seeing

    def broken():
        made.say('camera/camera_info', camera_info(robot.view, made.now()))
        message = camera_pose(robot.view, made.now())
        message.pose.position.x = float('nan')
        made.say('camera/pose', message)
        made.say('camera/image_raw', image_message(robot.image, made.now()))

    made.spin_until(lambda: 'unit quaternion' in made.node.health.reason, broken)


def test_empty_table_is_not_captured_while_the_arm_is_away(seeing):
    made, robot = seeing
    away = np.array(robot.arm.retract)
    away[0] += 0.5

    def each():
        robot.joints(away)
        robot.camera()

    made.spin_until(lambda: made.heard['image_rectified'], each)
    made.spin(0.2, each)
    answer = made.call('perception/capture_background')
    assert not answer.success and 'retract pose' in answer.message


def test_captured_table_is_read_again_by_the_next_node(bench, stage, checkpoint, tmp_path):
    kept = tmp_path / 'empty.npz'
    first = bench(PerceptionNode, HEARS, checkpoint=checkpoint, device='cpu', background=kept)
    capture(first.up(), stage(first))
    assert kept.is_file()
    first.node.trigger_deactivate()
    first.node.trigger_cleanup()
    first.heard['latent'].clear()
    first.up()
    first.spin_until(lambda: first.heard['latent'], show(stage(first)))
    first.spin_until(lambda: len(first.heard['image_background']) == 2)


def test_camera_that_falls_silent_is_reported(seeing):
    made, robot = seeing
    capture(made, robot)
    made.spin_until(lambda: made.node.health.status is Status.OK, show(robot))
    made.spin_until(lambda: 'check the camera' in made.node.health.reason, robot.joints)


def test_missing_checkpoint_leaves_the_node_unconfigured(bench, tmp_path):
    made = bench(PerceptionNode, (), checkpoint=tmp_path / 'nowhere')
    assert made.node.trigger_configure().name == 'FAILURE'


class SimulatedTime:
    """A clock that a simulator publishes, with a robot that follows it."""

    def __init__(self, made, robot, time):
        self.made, self.robot, self.time = made, robot, time

    def __call__(self, where=None, camera=True):
        self.time += 0.02
        self.made.say('/clock', Clock(clock=stamp_of(self.time)))
        self.robot.joints(where)
        if camera:
            self.robot.camera()


@pytest.fixture
def simulated(bench, stage, checkpoint):
    """An active perception node that lives in simulated time, and what tells the time."""
    made = bench(
        PerceptionNode, HEARS, checkpoint=checkpoint, device='cpu', use_sim_time=True,
    ).up()
    return made, SimulatedTime(made, stage(made), 100.0)


def test_after_a_clock_that_jumps_back_the_empty_table_can_be_captured(simulated):
    made, tick = simulated
    away = np.array(tick.robot.arm.retract) + 0.3
    made.spin_until(lambda: made.heard['image_rectified'], lambda: tick(away))
    made.spin(0.3, lambda: tick(away))
    assert 'move it to its retract pose' in made.call('perception/capture_background').message
    tick.time = 0.0
    made.spin_until(lambda: tick.time > 1.0, tick)
    answer = made.call('perception/capture_background', tick)
    assert answer.success, answer.message


def test_a_camera_that_falls_silent_after_a_jump_back_is_noticed(simulated):
    made, tick = simulated
    made.spin_until(lambda: made.heard['image_rectified'], tick)
    assert made.call('perception/capture_background', tick).success
    made.spin_until(lambda: made.node.health.status is Status.OK, tick)
    tick.time = 0.0
    made.spin_until(lambda: 'check the camera' in made.node.health.reason,
                    lambda: tick(camera=False))
    assert tick.time < 10.0


def test_an_image_from_the_future_names_both_clocks(seeing):
    made, robot = seeing

    def ahead():
        robot.joints()
        made.say('camera/camera_info', camera_info(robot.view, made.now()))
        made.say('camera/pose', camera_pose(robot.view, made.now()))
        made.say('camera/image_raw', image_message(robot.image, made.now() + 1.5))

    made.spin_until(lambda: made.heard['image_rectified'], ahead)
    made.spin(0.3, ahead)
    assert 'the clocks of camera and robot' in made.call('perception/capture_background').message


def bent(view, now):
    """Return what a lens that bends says of itself; its images are 128 x 96."""
    info = camera_info(view, now)
    info.d = [-0.2, 0.03, 0.0, 0.0, 0.0]
    return info


def send_bent(stage, send):
    """Publish camera and joints, the image by `send`."""
    now = stage.bench.now()
    stage.joints()
    stage.bench.say('camera/camera_info', bent(stage.view, now))
    stage.bench.say('camera/pose', camera_pose(stage.view, now))
    send(image_message(stage.image, now))


@pytest.mark.parametrize(('topic', 'as_sent'), [('image_raw', False), ('image_rect', True)])
def test_a_bent_image_is_made_straight_unless_its_topic_says_that_it_is(
    bench, stage, checkpoint, topic, as_sent,
):
    made = bench(PerceptionNode, ('image_rectified',), remaps=(f'camera/image_raw:={topic}',),
                 checkpoint=checkpoint).up()
    here = stage(made)
    sender = made.probe.create_publisher(Image, topic, 10)
    made.spin_until(lambda: made.heard['image_rectified'], lambda: send_bent(here, sender.publish))
    scene, encoder = SceneConfig(), EncoderConfig()
    expected = Rectifier(scene, encoder).rectify(here.image, here.view)
    seen = image_array(made.heard['image_rectified'][-1])
    assert np.array_equal(seen, expected) == as_sent


@pytest.mark.parametrize('extension', ['png', 'jpeg'])
def test_a_compressed_image_is_read_where_the_topic_is_one(bench, stage, checkpoint, extension):
    made = bench(PerceptionNode, ('image_rectified',), checkpoint=checkpoint,
                 remaps=('camera/image_raw:=cam/image_raw/compressed',)).up()
    here = stage(made)
    here.image = cv2.resize(here.image[:12, :16], (128, 96))
    sender = made.probe.create_publisher(CompressedImage, 'cam/image_raw/compressed', 10)

    def send():
        now = made.now()
        data = cv2.imencode(f'.{extension}', here.image[..., ::-1])[1].tobytes()
        made.say('camera/camera_info', camera_info(here.view, now))
        made.say('camera/pose', camera_pose(here.view, now))
        sender.publish(CompressedImage(header=header(now, CAMERA), format=extension, data=data))

    made.spin_until(lambda: made.heard['image_rectified'], send)
    expected = Rectifier(SceneConfig(), EncoderConfig()).rectify(here.image, here.view)
    seen = image_array(made.heard['image_rectified'][-1]).astype(int)
    assert np.abs(seen - expected).max() <= (0 if extension == 'png' else 40)


def test_a_frozen_picture_gives_no_latent_until_it_changes(seeing):
    made, robot = seeing
    capture(made, robot)
    turn = iter(np.concatenate([np.linspace(0.0, 1.2, 30), np.full(10_000, 1.2)]))

    def frozen():
        where = np.array(robot.arm.retract)
        where[0] += next(turn)
        robot.joints(where)
        robot.camera()

    made.spin_until(lambda: 'frozen' in made.node.health.reason, frozen)
    made.heard['latent'].clear()
    made.spin(0.3, show(robot))
    assert made.node.health.status is Status.STALE_IMAGE and not made.heard['latent']
    robot.image = robot.image.copy()
    robot.image[40:44, 40:44] = 0
    made.spin_until(lambda: made.heard['latent'], show(robot))


def test_joint_states_that_come_late_do_not_make_a_picture_frozen(seeing):
    made, robot = seeing
    capture(made, robot)
    where = np.array(robot.arm.retract)
    where[0] += 1.2
    made.spin(0.3, lambda: robot.joints(where))
    made.spin(0.3)  # meanwhile the arm is back
    robot.image = robot.image.copy()
    robot.image[40:44, 40:44] = 0
    robot.camera()
    made.spin(0.3)
    made.heard['latent'].clear()
    made.spin_until(lambda: len(made.heard['latent']) > 5, show(robot))
    assert made.node.health.status is Status.OK


def test_images_out_of_order_are_left_out_and_stamps_that_stand_still_are_named(seeing):
    made, robot = seeing
    capture(made, robot)
    stamp = made.now()
    image = image_message(robot.image, stamp)

    def still():
        robot.joints()
        made.say('camera/image_raw', image)

    made.spin_until(lambda: 'stamps of the images stand still' in made.node.health.reason, still)
    made.spin_until(lambda: made.node.health.status is Status.OK, show(robot))
    stamps = [(m.header.stamp.sec, m.header.stamp.nanosec) for m in made.heard['latent']]
    assert stamps == sorted(set(stamps))
