"""Claims about the recorder node: what is said is in the bag."""

import os
import shutil

import numpy as np
import pytest
from rosbags.rosbag2 import Reader
from rosbags.typesys import Stores, get_typestore
from sensor_msgs.msg import CompressedImage, JointState
from std_msgs.msg import Bool

from foresight.data.bags.repair import repair
from foresight.errors import ConfigError
from foresight.nodes.joint_convert import joint_state
from foresight.nodes.recorder_node import RecorderNode
from foresight.robots.status import Status

NAMES = ('joint1', 'joint2')


def read(folder):
    """Return topic and message of each record of a bag, but what the recorder says itself."""
    types = get_typestore(Stores.ROS2_KILTED)
    with Reader(folder) as reader:
        return [
            (connection.topic, types.deserialize_cdr(data, connection.msgtype))
            for connection, _, data in reader.messages() if connection.topic != '/diagnostics'
        ]


def say(made, count):
    """Publish joint states."""
    for index in range(count):
        values = np.array([float(index), 0.0])
        made.say('joint_states', joint_state(NAMES, values, values, made.now()))
        made.spin(0.01)
    made.spin(0.1)


def test_bag_holds_every_message_and_the_latched_ones_from_before(bench, tmp_path):
    made = bench(RecorderNode, (), folder=tmp_path, record_at_once='false')
    made.say('e_stop', Bool(data=True))
    made.spin(0.2)
    assert made.call('recorder/start').success
    say(made, 20)
    answer = made.call('recorder/stop')
    records = read(tmp_path / 'bag')
    assert int(answer.message.split(' messages')[0]) >= len(records) == 21
    assert [m.data for topic, m in records if topic == '/e_stop'] == [True]
    positions = [m.position[0] for topic, m in records if topic == '/joint_states']
    assert positions == [float(index) for index in range(20)]


def test_bag_calls_a_remapped_topic_as_the_package_does(bench, tmp_path):
    elsewhere = '/franka/joint_states'
    rules = (f'joint_states:={elsewhere}', '__ns:=/arm1')
    made = bench(RecorderNode, (), rules, folder=tmp_path, record_at_once='true')
    driver = made.probe.create_publisher(JointState, elsewhere, 10)
    made.spin_until(lambda: driver.get_subscription_count() > 0)
    values = np.zeros(2)
    driver.publish(joint_state(NAMES, values, values, made.now()))
    made.spin(0.2)
    made.node.destroy_node()
    assert [topic for topic, _ in read(tmp_path / 'bag')] == ['/arm1/joint_states']


def test_a_compressed_image_is_recorded_as_one(bench, tmp_path):
    elsewhere = '/cam/image_raw/compressed'
    made = bench(RecorderNode, (), (f'camera/image_raw:={elsewhere}',), folder=tmp_path)
    driver = made.probe.create_publisher(CompressedImage, elsewhere, 10)
    made.spin_until(lambda: driver.get_subscription_count() > 0)
    driver.publish(CompressedImage(format='jpeg', data=b'content'))
    made.spin(0.2)
    made.node.destroy_node()
    (topic, message), = read(tmp_path / 'bag')
    assert (topic, message.format) == ('/camera/image_raw', 'jpeg')
    assert bytes(message.data) == b'content'


def test_next_bag_gets_another_name(bench, tmp_path):
    made = bench(RecorderNode, (), folder=tmp_path)
    assert made.call('recorder/start').message.endswith('bag_1')
    made.call('recorder/stop')
    assert sorted(path.name for path in tmp_path.iterdir()) == ['bag', 'bag_1']


def test_the_newest_bags_are_kept_and_no_others_touched(bench, tmp_path):
    (tmp_path / 'bag').mkdir()
    made = bench(RecorderNode, (), folder=tmp_path, record_at_once='false', keep=2)
    names = [made.call('recorder/start').message.rpartition('/')[2] for _ in range(4)]
    assert names[:3] == ['bag_1', 'bag_2', 'bag_3']
    made.call('recorder/stop')
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(['bag', *names[2:]])


def test_a_kill_loses_no_more_than_the_last_moment(bench, tmp_path):
    made = bench(RecorderNode, (), folder=tmp_path, save_every=0.05)
    say(made, 5)
    made.spin(0.2)
    shutil.copytree(tmp_path / 'bag', tmp_path / 'as a kill leaves it')
    made.call('recorder/stop')
    repair(tmp_path / 'as a kill leaves it', tmp_path / 'mended')
    assert sum(topic == '/joint_states' for topic, _ in read(tmp_path / 'mended')) == 5


@pytest.mark.parametrize('bound', [{'longest': 0.2}, {'largest': 0.0005}])
def test_a_bag_that_is_long_or_large_is_followed_by_another(bench, tmp_path, bound):
    made = bench(RecorderNode, (), folder=tmp_path, save_every=0.05, **bound)
    made.say('e_stop', Bool(data=True))
    made.spin_until(lambda: (tmp_path / 'bag_2').exists(), lambda: say(made, 1))
    made.call('recorder/stop')
    for bag in ('bag_1', 'bag_2'):
        assert '/e_stop' in [topic for topic, _ in read(tmp_path / bag)]


def test_what_is_lost_is_counted(bench, tmp_path):
    made = bench(RecorderNode, ('/diagnostics',), folder=tmp_path, save_every=0.05)
    say(made, 1)
    values = np.zeros(2)
    for _ in range(300):  # 100 more than the queue holds
        made.say('joint_states', joint_state(NAMES, values, values, made.now()))
    say(made, 1)
    lost = made.node.lost
    made.spin_until(lambda: lost.total() and made.node._bag.count + lost.total() >= 302)
    made.call('recorder/stop')
    kept = sum(topic == '/joint_states' for topic, _ in read(tmp_path / 'bag'))
    assert kept + lost['/joint_states'] == 302


@pytest.fixture
def old(tmp_path):
    """A bag of an earlier year."""
    path = tmp_path / 'old/old.mcap'
    path.parent.mkdir()
    path.write_bytes(bytes(300_000))
    os.utime(path, (0, 0))
    return path


def test_a_quota_ends_the_recording(bench, tmp_path, old):
    made = bench(RecorderNode, (), folder=tmp_path, save_every=0.05, quota=0.2)
    made.spin_until(lambda: made.node.health.status is Status.IDLE)
    assert 'which is the quota: move some away' in made.node.health.reason
    assert old.exists() and (tmp_path / 'bag/metadata.yaml').exists()


def test_a_quota_may_remove_the_oldest_bag(bench, tmp_path, old):
    made = bench(
        RecorderNode, (), folder=tmp_path, save_every=0.05, quota=0.2, when_full='oldest')
    made.spin_until(lambda: not old.parent.exists())
    assert made.node.health.status is Status.OK


def test_a_folder_may_begin_at_home(bench, tmp_path, monkeypatch):
    monkeypatch.setenv('HOME', str(tmp_path))
    made = bench(RecorderNode, (), folder='~/bags')
    assert made.call('recorder/start').message.startswith(str(tmp_path / 'bags'))
    made.call('recorder/stop')


def test_bag_is_complete_when_the_node_is_stopped(bench, tmp_path):
    made = bench(RecorderNode, (), folder=tmp_path)
    say(made, 3)
    made.close()
    made.close = lambda: None
    assert len(read(tmp_path / 'bag')) == 3


def test_unknown_topic_is_named(bench, tmp_path):
    with pytest.raises(ConfigError, match='no_such_topic'):
        bench(RecorderNode, (), folder=tmp_path, topics='[no_such_topic]')
