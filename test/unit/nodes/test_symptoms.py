"""Claims about what is wrong with topics, by what was seen of them."""

from types import SimpleNamespace

import numpy as np
import pytest

from foresight.nodes.symptoms import Watched, clocks, joints, pace, reach
from foresight.robots.arm import ArmModel


def watched(name='image', kinds=('a/msg/A',), rate=10.0, delay=0.02, **others):
    """Return a topic that was heard for 5 s."""
    times = np.arange(0.0, 5.0, 1.0 / rate).tolist() if rate else []
    return Watched(name, f'/{name}', 'a/msg/A', kinds, delays=[delay] * len(times),
                   receipts=times, **others)


@pytest.mark.parametrize(('seen', 'remedy'), [
    (watched(), ''),
    (watched(kinds=()), 'start the driver, or give its topic: image:='),
    (watched(kinds=('a/msg/A', 'b/msg/B')), 'a/msg/A is needed'),
    (watched(deaf='change it'), 'change it'),
    (watched(rate=0), 'config/fastdds.xml'),
    (watched(rate=1.7), 'at least 4 a second'),
    (watched('joint_states', rate=12.0), 'at least 20 a second'),
    (watched('commands', kinds=(), rate=0), 'activate the controller'),
    (watched('commands', kinds=('b/msg/B',), rate=0), 'set command_interface'),
    (watched('commands', rate=0), ''),
])
def test_what_keeps_messages_away_is_said_with_what_helps(seen, remedy):
    said, = reach(seen)
    assert remedy in said.remedy and bool(said.remedy) == bool(remedy)


@pytest.mark.parametrize(('camera', 'arm', 'wrong'), [
    (0.05, 0.01, set()), (-1.5, 0.01, {'stamps of image', 'clocks of camera and arm'}),
    (0.6, 0.5, {'stamps of image', 'stamps of joint_states'}),
    (0.3, 0.01, {'clocks of camera and arm'}),
])
def test_stamps_are_held_against_receipt_and_one_another(camera, arm, wrong):
    seen = {'image': watched(delay=camera), 'joint_states': watched('joint_states', delay=arm)}
    assert {item.what for item in clocks(seen) if item.remedy} == wrong


def test_joints_outside_their_limits_are_named():
    arm = ArmModel.load('ur5e')
    places = np.array(arm.retract)
    places[2] = 9.0
    message = SimpleNamespace(
        name=list(arm.joint_names), position=places.tolist(), velocity=[],
        header=SimpleNamespace(stamp=SimpleNamespace(sec=1, nanosec=0)))
    said, = joints(watched('joint_states', messages=[message]), arm)
    assert 'elbow_joint = 9.000 rad is outside' in said.found and 'limits' in said.remedy


def test_joints_with_a_prefix_are_found_under_it():
    arm = ArmModel.load('ur5e')
    names = [f'left_{name}' for name in arm.joint_names]
    message = SimpleNamespace(
        name=names, position=list(arm.retract), velocity=[0.0] * 6,
        header=SimpleNamespace(stamp=SimpleNamespace(sec=1, nanosec=0)))
    seen = watched('joint_states', messages=[message])
    assert [item.remedy for item in joints(seen, arm, 'left_')] == ['']
    without, = joints(seen, arm)
    assert 'joint_prefix' in without.remedy


@pytest.mark.parametrize(('percent', 'remedy'), [
    (100.0, ''), (50.0, 'stands at 50 %: set it to 100 %'), (0.0, 'protective stop'),
])
def test_a_speed_slider_and_a_protective_stop_are_seen(percent, remedy):
    seen = watched('speed_scaling', messages=[SimpleNamespace(data=percent)])
    said, = pace({'speed_scaling': seen})
    assert remedy in said.remedy and bool(said.remedy) == bool(remedy)
    assert not list(pace({}))
