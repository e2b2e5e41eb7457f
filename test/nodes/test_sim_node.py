"""Claims about the simulator node, over real topics."""

import numpy as np
import pytest
from rclpy.parameter import Parameter

from foresight.data.images import image_array
from foresight.data.joint_messages import seconds
from foresight.errors import ConfigError
from foresight.nodes.joint_convert import joint_state
from foresight.nodes.sim_node import SimNode
from foresight.robots.status import Status

HEARS = (
    '/clock', 'camera/image_raw', 'camera/camera_info', 'camera/pose', 'joint_states',
    'robot_description', 'ground_truth/poses', '/diagnostics',
)


@pytest.fixture
def simulated(bench):
    """A running simulator, as fast as it goes."""
    made = bench(SimNode, HEARS, real_time_factor=20.0, object_set='primitives')
    made.spin_until(lambda: made.heard['camera/image_raw'])
    return made


def test_every_topic_appears(simulated):
    simulated.spin_until(lambda: all(simulated.heard.values()))
    assert 'joint1' in simulated.heard['robot_description'][0].data


def test_another_robot_stands_at_the_table(bench):
    made = bench(SimNode, HEARS, real_time_factor=20.0, object_set='empty', robot='ur5e')
    made.spin_until(lambda: made.heard['joint_states'] and made.heard['robot_description'])
    assert 'elbow_joint' in made.heard['joint_states'][0].name
    assert 'elbow_joint' in made.heard['robot_description'][0].data


def test_clock_and_joint_states_go_on_together_at_100_hz(simulated):
    simulated.spin_until(lambda: len(simulated.heard['joint_states']) > 30)
    times = [seconds(message.header.stamp) for message in simulated.heard['joint_states']]
    assert np.median(np.diff(times)) == pytest.approx(0.01)
    images = [seconds(message.header.stamp) for message in simulated.heard['camera/image_raw']]
    simulated.spin_until(lambda: len(simulated.heard['camera/image_raw']) > len(images) + 5)
    stamps = [seconds(m.header.stamp) for m in simulated.heard['camera/image_raw']]
    assert np.median(np.diff(stamps)) == pytest.approx(0.1)


def test_clock_never_jumps_back_at_a_reset(simulated):
    assert simulated.call('sim/reset').success
    simulated.spin_until(lambda: len(simulated.heard['/clock']) > 50)
    times = [seconds(message.clock) for message in simulated.heard['/clock']]
    assert min(np.diff(times)) > 0.0


def test_driver_follows_fresh_commands_and_holds_when_they_stop(simulated):
    table = simulated.node._table
    goal = np.array(table.arm_model.retract)
    goal[0] += 0.1

    def command():
        message = joint_state(table.joint_names[::-1], goal[::-1], np.zeros(7), 0.0)
        simulated.say('commands', message)

    simulated.spin_until(lambda: abs(table.joint_positions[0] - goal[0]) < 0.02, command)
    simulated.spin_until(lambda: simulated.node.health.status is Status.IDLE)
    simulated.spin(0.2)
    assert abs(table.joint_positions[0] - goal[0]) < 0.02
    assert np.abs(table.joint_velocities).max() < 0.05


def test_command_that_is_not_finite_is_refused(simulated):
    names = simulated.node._table.joint_names
    before = simulated.node._table.joint_positions
    for _ in range(5):
        simulated.say('commands', joint_state(names, np.full(7, np.nan), np.zeros(7), 0.0))
        simulated.spin(0.05)
    np.testing.assert_allclose(simulated.node._table.joint_positions, before, atol=1e-2)


def test_reset_shows_the_first_image_of_the_seed_again(simulated):
    def first_after_reset():
        assert simulated.call('sim/reset').success
        table = simulated.node._table
        return table.observe().image, table.objects().positions

    image, places = first_after_reset()
    simulated.spin(0.2)
    again, same = first_after_reset()
    assert np.array_equal(image, again) and np.array_equal(places, same)
    assert image_array(simulated.heard['camera/image_raw'][-1]).shape == image.shape


def test_unknown_parameter_is_refused(bench):
    with pytest.raises(ConfigError, match='has no parameter sead'):
        bench(SimNode, (), sead=3)


def test_a_wrong_value_is_refused_while_it_runs(simulated):
    node = simulated.node
    (answer,) = node.set_parameters([Parameter('object_set', value='dinosaurs')])
    assert not answer.successful and 'seen' in answer.reason
    (answer,) = node.set_parameters([Parameter('seed', value=-1)])
    assert not answer.successful
    (answer,) = node.set_parameters([Parameter('object_set', value='unseen')])
    assert answer.successful
    assert simulated.call('sim/reset').success
    assert node.get_parameter('object_set').value == 'unseen'
