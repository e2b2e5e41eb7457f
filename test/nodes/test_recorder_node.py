"""Claims about the recorder node: what is said is in the bag."""

import numpy as np
import pytest
from rosbags.rosbag2 import Reader
from rosbags.typesys import Stores, get_typestore
from sensor_msgs.msg import CompressedImage, JointState
from std_msgs.msg import Bool

from foresight.errors import ConfigError
from foresight.nodes.joint_convert import joint_state
from foresight.nodes.recorder_node import RecorderNode

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
