"""Claims about the e-stop of the guard node, over real topics."""

from functools import partial

import numpy as np
import pytest
from rclpy.event_handler import PublisherEventCallbacks
from rclpy.node import Node
from rclpy.qos import DurabilityPolicy, QoSProfile, ReliabilityPolicy
from std_msgs.msg import Bool

from foresight.nodes.guard_node import GuardNode
from foresight.nodes.joint_convert import joint_state
from foresight.robots.status import Status

HEARS = ('commands', '/diagnostics')


def test_e_stop_topic_stops_and_release_waits_for_it(guarded):
    made, robot = guarded
    made.say('e_stop', Bool(data=True))
    made.spin_until(lambda: made.node.health.status is Status.E_STOP, robot.joints)
    refused = made.call('guard/release')
    assert not refused.success and 'e_stop topic' in refused.message
    made.say('e_stop', Bool(data=False))
    made.spin(0.2, robot.joints)
    assert made.node.health.status is Status.E_STOP
    assert made.call('guard/release').success


def test_release_is_refused_while_an_arm_swings_whose_driver_measures_no_velocities(guarded):
    made, robot = guarded
    begin, where = made.now(), np.array(robot.arm.retract)

    def swing():
        now = made.now()
        where[0] = robot.arm.retract[0] + 0.2 * np.sin(2.5 * (now - begin))
        message = joint_state(robot.arm.joint_names, where, np.zeros(len(where)), now)
        message.velocity = []
        made.say('joint_states', message)

    made.call('guard/e_stop', swing)
    made.spin(0.3, swing)
    begin = made.now()  # in the middle of the swing, where it is fastest
    made.spin(0.1, swing)
    assert 'the arm moves' in made.call('guard/release', swing).message

QUALITIES = {
    'default': QoSProfile(depth=10),
    'best_effort': QoSProfile(depth=10, reliability=ReliabilityPolicy.BEST_EFFORT),
    'latched': QoSProfile(depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL),
}


def button_of(node, quality):
    """Somebody's e-stop button; it does not mind readers that cannot hear it."""
    quiet = PublisherEventCallbacks(use_default_callbacks=False)
    return node.create_publisher(Bool, 'e_stop', quality, event_callbacks=quiet)


def stopped(made):
    return made.node.health.status is Status.E_STOP


@pytest.mark.parametrize('quality', QUALITIES.values(), ids=QUALITIES)
def test_e_stop_is_heard_from_any_publisher(guarded, quality):
    made, robot = guarded
    button = button_of(made.probe, quality)
    made.spin_until(lambda: button.get_subscription_count() > 0)
    made.spin(0.2, robot.joints)
    button.publish(Bool(data=True))
    made.spin_until(lambda: stopped(made), robot.joints)
    assert 'topic is true' in made.call('guard/release').message
    button.publish(Bool(data=False))
    made.spin(0.3, robot.joints)
    assert made.call('guard/release').success
    made.spin_until(lambda: made.node.health.status is Status.IDLE, robot.joints)
    made.spin(0.3, robot.joints)
    assert not stopped(made)


@pytest.mark.parametrize('quality', QUALITIES.values(), ids=QUALITIES)
def test_e_stop_from_before_configure_counts(bench, stage, quality):
    made = bench(GuardNode, HEARS)
    button = button_of(made.probe, quality)
    made.spin_until(lambda: button.get_subscription_count() > 0)
    made.spin(0.2)
    button.publish(Bool(data=True))
    made.spin(0.2)
    robot = stage(made.up())
    made.spin_until(lambda: stopped(made), robot.joints)
    assert 'topic is true' in made.call('guard/release').message


def test_e_stop_latched_before_the_guard_starts_counts(bench, stage):
    made = bench(partial(Node, 'button'))
    button_of(made.node, QUALITIES['latched']).publish(Bool(data=True))
    late = GuardNode()
    made.executor.add_node(late)
    assert late.trigger_configure().name == late.trigger_activate().name == 'SUCCESS'
    robot = stage(made)
    made.spin_until(lambda: late.health.status is Status.E_STOP, robot.joints)
    late.destroy_node()


def test_e_stop_lasts_through_cleanup_until_it_is_released(guarded):
    made, robot = guarded
    assert made.call('guard/e_stop', robot.joints).success
    made.spin_until(lambda: stopped(made), robot.joints)
    made.node.trigger_deactivate()
    made.node.trigger_cleanup()
    made.up()
    made.node.health.report(Status.IDLE)
    made.spin_until(lambda: stopped(made), robot.joints)
    assert made.call('guard/release', robot.joints).success
    made.spin_until(lambda: not stopped(made), robot.joints)


def test_e_stop_topic_lasts_through_cleanup(guarded):
    made, robot = guarded
    made.say('e_stop', Bool(data=True))
    made.spin_until(lambda: stopped(made), robot.joints)
    made.node.trigger_deactivate()
    made.node.trigger_cleanup()
    made.up()
    made.spin(0.2, robot.joints)
    assert 'topic is true' in made.call('guard/release', robot.joints).message


def test_e_stop_can_be_called_before_configure(bench, stage):
    made = bench(GuardNode, HEARS)
    assert made.call('guard/e_stop').success
    assert 'not configured' in made.call('guard/release').message
    robot = stage(made.up())
    made.spin_until(lambda: stopped(made), robot.joints)


def test_release_is_refused_while_the_arm_moves(guarded):
    made, robot = guarded
    assert made.call('guard/e_stop').success
    moving = joint_state(
        robot.arm.joint_names, np.array(robot.arm.retract), np.full(7, 0.3), made.now()
    )
    made.say('joint_states', moving)
    made.spin(0.1)
    assert 'moves' in made.call('guard/release').message


def test_e_stop_outlives_the_process_in_its_file(bench, stage, tmp_path):
    file = tmp_path / 'state' / 'e_stop'
    made = bench(GuardNode, HEARS, e_stop_file=file)
    made.call('guard/e_stop')
    later = GuardNode('later')
    made.executor.add_node(later)
    robot = stage(made)
    assert later.trigger_configure().name == later.trigger_activate().name == 'SUCCESS'
    made.spin_until(lambda: later.health.status is Status.E_STOP, robot.joints)
    assert made.call('later/release', robot.joints).success
    assert not file.exists()
    later.destroy_node()
