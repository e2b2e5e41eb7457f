"""Claims about the guard node, over real topics."""

import shutil
from functools import partial

import numpy as np
import pytest
from controllers import TrajectoryController
from geometry_msgs.msg import Point32, Polygon, PolygonStamped
from rclpy.event_handler import PublisherEventCallbacks
from rclpy.node import Node
from rclpy.qos import DurabilityPolicy, QoSProfile, ReliabilityPolicy
from std_msgs.msg import Bool, Float64, Float64MultiArray, Header
from trajectory_msgs.msg import JointTrajectory

from foresight.data.joint_messages import seconds
from foresight.errors import ConfigError
from foresight.nodes.guard_node import GuardNode
from foresight.nodes.joint_convert import joint_state, trajectory
from foresight.robots.kinematics import InverseKinematics
from foresight.robots.plan_window import PlanWindow
from foresight.robots.robot_file import find_robot
from foresight.robots.status import Status
from foresight.robots.tool_path import vertical_poses

HEARS = ('commands', '/diagnostics')


@pytest.fixture
def guarded(bench, stage):
    """An active guard with joint states at the retract pose."""
    made = bench(GuardNode, HEARS).up()
    robot = stage(made)
    made.spin_until(lambda: made.heard['commands'], robot.joints)
    return made, robot


def test_guard_holds_the_measured_pose(guarded):
    made, robot = guarded
    made.spin(0.2, robot.joints)
    command = made.heard['commands'][-1]
    np.testing.assert_allclose(command.position, robot.arm.retract, atol=1e-9)
    assert not np.any(command.velocity)
    assert made.node.health.status is Status.IDLE


def test_guard_rides_a_plan_whose_joints_come_in_another_order(guarded):
    made, robot = guarded
    plan = robot.line()
    turned = PlanWindow(plan.times, plan.positions[:, ::-1], plan.velocities[:, ::-1])
    made.say('joint_plan', trajectory(turned, robot.arm.joint_names[::-1]))
    made.spin_until(lambda: made.node.health.status is Status.OK, robot.joints)
    made.spin_until(lambda: made.heard['commands'][-1].velocity[0] > 0.2, robot.joints)
    assert not np.any(np.array(made.heard['commands'][-1].velocity)[1:])


def test_lost_plan_ends_at_rest_and_is_reported(guarded):
    made, robot = guarded
    made.say('joint_plan', trajectory(robot.line(), robot.arm.joint_names))
    made.spin_until(lambda: made.node.health.status is Status.NO_PLAN, robot.joints)
    made.spin(0.3, robot.joints)
    assert not np.any(made.heard['commands'][-1].velocity)


def test_plan_that_is_not_finite_moves_nothing(guarded):
    made, robot = guarded
    message = trajectory(robot.line(), robot.arm.joint_names)
    message.points[3].positions[2] = float('nan')
    made.say('joint_plan', message)
    made.spin_until(lambda: 'not finite' in made.node.health.reason, robot.joints)
    np.testing.assert_allclose(made.heard['commands'][-1].position, robot.arm.retract, atol=1e-9)


def test_missing_joint_is_named_and_the_arm_holds(guarded):
    made, robot = guarded
    names = robot.arm.joint_names
    made.spin_until(
        lambda: made.node.health.status is Status.STALE_JOINTS,
        lambda: robot.joints(np.zeros(6), names[:6]),
    )
    assert not np.any(made.heard['commands'][-1].velocity)


def test_joint_states_that_are_not_finite_are_stale(guarded):
    made, robot = guarded
    broken = np.array(robot.arm.retract)
    broken[4] = np.nan
    made.spin_until(
        lambda: made.node.health.status is Status.STALE_JOINTS, lambda: robot.joints(broken)
    )
    assert np.isfinite(made.heard['commands'][-1].position).all()


@pytest.mark.parametrize('missing', [range(7), [6]], ids=['all', 'one'])
def test_velocities_that_are_nan_count_as_not_measured(bench, stage, missing):
    made = bench(GuardNode, HEARS).up()
    robot = stage(made)
    speeds = np.zeros(7)
    speeds[list(missing)] = np.nan

    def measured():
        made.say('joint_states', joint_state(
            robot.arm.joint_names, np.array(robot.arm.retract), speeds, made.now()
        ))

    made.spin_until(lambda: made.heard['commands'], measured)
    made.spin(0.3, measured)
    assert made.node.health.status is Status.IDLE


def test_joint_without_speed_leaves_the_guard_unconfigured(bench, tmp_path, capfd):
    folder = shutil.copytree(find_robot('panda').parent, tmp_path / 'mine')
    urdf = folder / 'arm.urdf.xacro'
    text = urdf.read_text()
    still = text.replace('high="-0.0698" velocity="2.175"', 'high="-0.0698" velocity="0"')
    assert still != text
    urdf.write_text(still)
    made = bench(GuardNode, HEARS, robot=folder)
    assert made.node.trigger_configure().name == 'FAILURE'
    assert 'joint4 has a velocity limit of 0' in capfd.readouterr().err


def test_plan_into_the_table_is_stopped_before_it_and_says_so(bench, stage):
    made = bench(GuardNode, HEARS, plan_timeout=5.0).up()
    robot = stage(made)
    poses = vertical_poses(*np.array([[0.5, 0.5], [-0.2, -0.2], [0.12, -0.037], [0.0, 0.0]]))
    hover, below = (
        InverseKinematics(robot.arm, 0.02).reach(pose, np.array(robot.arm.retract))
        for pose in poses
    )
    made.spin_until(lambda: made.heard['commands'], lambda: robot.joints(hover))

    def follow():
        robot.joints(np.array(made.heard['commands'][-1].position))

    speed, times = (below - hover) / 2.0, made.now() + np.array([0.0, 2.0])
    plan = PlanWindow(times, np.stack([hover, below]), np.stack([speed, np.zeros(7)]))
    made.say('joint_plan', trajectory(plan, robot.arm.joint_names))
    made.spin_until(lambda: made.node.health.status is Status.BLOCKED, follow)
    assert 'leads tool0 into the table' in made.node.health.reason
    made.spin(0.5, follow)
    assert not np.any(made.heard['commands'][-1].velocity)
    heights = [
        robot.arm.tool_pose(np.array(each.position))[2, 3] for each in made.heard['commands']
    ]
    assert 0.0 < min(heights) < 0.1


def corners(x, y, frame='base_link'):
    """Say a zone to keep out of by its corners."""
    points = [Point32(x=float(a), y=float(b)) for a in x for b in y]
    return PolygonStamped(header=Header(frame_id=frame), polygon=Polygon(points=points))


def test_a_zone_that_comes_before_the_arm_or_in_mid_motion_is_kept_until_cleanup(bench, stage):
    made = bench(GuardNode, HEARS, plan_timeout=5.0)
    robot = stage(made)
    made.say('keep_out', corners((0.45, 0.55), (0.3, 0.4)))
    made.spin_until(lambda: made.node._zones._corners)
    made.up()
    made.say('keep_out', corners((0.45, 0.55), (-0.4, -0.3)))
    made.spin_until(lambda: len(made.node._zones._known) == 2)
    made.node.trigger_deactivate()
    made.node.trigger_activate()
    poses = vertical_poses(*np.array([[0.5] * 2, [-0.1, -0.35], [0.05] * 2, [0.0] * 2]))
    near, within = (
        InverseKinematics(robot.arm, 0.02).reach(pose, np.array(robot.arm.retract))
        for pose in poses
    )
    made.spin_until(lambda: made.heard['commands'], lambda: robot.joints(near))

    def follow():
        robot.joints(np.array(made.heard['commands'][-1].position))

    speed, times = (within - near) / 2.0, made.now() + np.array([0.0, 2.0])
    plan = PlanWindow(times, np.stack([near, within]), np.stack([speed, np.zeros(7)]))
    made.say('joint_plan', trajectory(plan, robot.arm.joint_names))
    made.spin_until(lambda: made.node.health.status is Status.BLOCKED, follow)
    assert 'into the zone added 2' in made.node.health.reason
    made.spin_until(lambda: not made.node._guard.stopping, follow)
    made.node.trigger_deactivate()
    made.node.trigger_cleanup()
    assert not made.node._zones._corners


@pytest.mark.parametrize('zone', [
    corners((0.4, 0.5), (0.0, float('nan'))), corners((0.4, 0.4), (0.0, 0.1)),
    corners((0.4, 0.5), (0.0, 0.1), 'camera'), PolygonStamped(),
], ids=['not finite', 'no area', 'another frame', 'empty'])
def test_a_zone_of_no_use_stops_the_arm(guarded, zone):
    made, robot = guarded
    made.say('keep_out', zone)
    made.spin_until(lambda: made.node.health.status is Status.E_STOP, robot.joints)
    assert 'keep_out' in made.node.health.reason and 'release' in made.node.health.reason


def test_guard_of_an_unknown_site_is_left_unconfigured(bench, capfd):
    made = bench(GuardNode, HEARS, site='nowhere')
    assert made.node.trigger_configure().name == 'FAILURE'
    assert "there is no site 'nowhere'" in capfd.readouterr().err


def test_joint_states_in_another_order_are_matched_by_name(bench, stage):
    made = bench(GuardNode, HEARS).up()
    robot = stage(made)
    where = np.array(robot.arm.retract)
    made.spin_until(
        lambda: made.heard['commands'],
        lambda: robot.joints(where[::-1], robot.arm.joint_names[::-1]),
    )
    np.testing.assert_allclose(made.heard['commands'][-1].position, where, atol=1e-9)


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


def test_messages_of_a_gripper_are_passed_over(guarded, capfd):
    made, robot = guarded

    def both():
        robot.joints()
        made.say('joint_states', joint_state(('finger_joint',), np.array([0.02]), np.zeros(1),
                                             made.now()))

    made.spin_until(lambda: made.heard['commands'], both)
    made.heard['commands'].clear()
    made.spin(0.5, both)
    assert made.heard['commands'] and made.node.health.status is Status.IDLE
    assert 'ERROR' not in capfd.readouterr().err


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


def test_deactivated_guard_is_silent(guarded):
    made, robot = guarded
    made.node.trigger_deactivate()
    made.spin(0.2, robot.joints)
    made.heard['commands'].clear()
    made.spin(0.3, robot.joints)
    assert not made.heard['commands']


@pytest.mark.parametrize(('interface', 'kind'), [
    ('float64_multi_array', Float64MultiArray), ('joint_trajectory', JointTrajectory),
])
def test_guard_speaks_what_controllers_understand(bench, stage, interface, kind):
    made = bench(GuardNode, (), command_interface=interface).up()
    made.hear('commands', kind)
    robot = stage(made)
    made.spin_until(lambda: made.heard['commands'], robot.joints)
    message = made.heard['commands'][-1]
    values = message.data if kind is Float64MultiArray else message.points[0].positions
    np.testing.assert_allclose(values, robot.arm.retract, atol=1e-9)


def test_an_arm_in_motion_is_commanded_as_the_trajectory_controller_takes_it(bench, stage):
    made = bench(GuardNode, (), command_interface='joint_trajectory').up()
    made.hear('commands', JointTrajectory)
    robot = stage(made)
    made.spin_until(lambda: made.heard['commands'], robot.joints)
    made.heard['commands'].clear()
    made.say('joint_plan', trajectory(robot.line(), robot.arm.joint_names))
    made.spin(0.3, robot.joints)
    judge = TrajectoryController(robot.arm.joint_names, robot.arm.retract)
    for message in made.heard['commands']:
        sent = seconds(message.header.stamp) - made.node._config.trajectory_delay
        judge.accept(message, sent, (robot.arm.retract, np.zeros(7)))
    assert judge.refused == []
    assert any(np.any(message.points[0].velocities) for message in made.heard['commands'])


@pytest.mark.parametrize(('name', 'value', 'remedy'), [
    ('plan_timout', 1.0, 'has no parameter plan_timout'),
    ('plan_timeout', 9.0, r'in \[0.05, 5.0\]'),
    ('plan_timeout', 1, 'write 1.0, not 1'),
    ('command_interface', 'smoke', 'choose one of'),
])
def test_bad_parameter_is_refused(bench, name, value, remedy):
    with pytest.raises(ConfigError, match=remedy):
        bench(GuardNode, (), **{name: value})


def test_plan_of_too_many_points_is_refused_before_it_is_read(guarded):
    made, robot = guarded
    plan = robot.line()
    times = plan.times[0] + 1e-5 * np.arange(50_000)
    long = PlanWindow(times, np.tile(plan.positions[0], (50_000, 1)), np.zeros((50_000, 7)))
    made.say('joint_plan', trajectory(long, robot.arm.joint_names))
    made.spin_until(lambda: 'bytes: send at most' in made.node.health.reason, robot.joints)
    assert not np.any(made.heard['commands'][-1].velocity)


def test_plans_of_a_second_publisher_stop_the_arm_until_it_is_gone(guarded):
    made, robot = guarded
    made.say('joint_plan', trajectory(robot.line(), robot.arm.joint_names))
    made.spin_until(lambda: made.heard['commands'][-1].velocity[0] > 0.1, robot.joints)
    rogue = made.probe.create_publisher(JointTrajectory, 'joint_plan', 1)
    made.spin_until(lambda: made.node.health.status is Status.RIVAL, robot.joints)
    made.spin(0.3, robot.joints)
    assert not np.any(made.heard['commands'][-1].velocity)
    made.probe.destroy_publisher(rogue)
    made.spin_until(lambda: made.node.health.status is Status.IDLE, robot.joints)


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


def test_deactivated_in_mid_motion_the_guard_stops_the_arm_within_its_limits(guarded):
    made, robot = guarded
    made.say('joint_plan', trajectory(robot.line(speed=1.0), robot.arm.joint_names))
    made.spin_until(lambda: made.heard['commands'][-1].velocity[0] > 0.8, robot.joints)
    made.node.trigger_deactivate()
    made.node.trigger_cleanup()
    made.spin(0.5, robot.joints)
    speeds = np.array([command.velocity[0] for command in made.heard['commands']])
    limit = robot.arm.acceleration_limit[0] * 0.01
    assert speeds[-1] == 0.0 and np.abs(np.diff(speeds)).max() <= limit * 1.001


def test_a_dry_run_judges_plans_and_has_nothing_to_command_with(bench, stage):
    made = bench(GuardNode, HEARS, dry_run=True).up()
    robot, states = stage(made), []
    assert not made.node.get_publishers_info_by_topic('/commands')
    made.spin_until(lambda: 'dry run' in made.node.health.reason, robot.joints)

    def ride():
        made.say('joint_plan', trajectory(plan, robot.arm.joint_names))
        robot.joints()  # the real arm stands still
        states.append(made.node.health.status)

    plan = robot.line(seconds=1.5)  # it goes 0.45 rad away and ends in motion
    made.spin_until(lambda: made.now() > plan.end, ride)
    assert states.count(Status.OK) > 3 and Status.TRACKING not in states
    made.spin_until(lambda: made.node.health.status is Status.IDLE, robot.joints)
    plan = robot.line(seconds=1.0)  # it begins where the real arm is
    states.clear()
    made.spin_until(lambda: made.now() > plan.end, ride)
    assert Status.OK in states and not made.heard['commands']


@pytest.mark.parametrize('speed', ['4.0', '101.0'])
def test_a_speed_outside_5_to_100_percent_is_refused(bench, speed):
    with pytest.raises(ConfigError, match=r'parameter speed must be in \[5.0, 100.0\]'):
        bench(GuardNode, speed=speed)


def test_at_a_tenth_of_the_speed_no_joint_is_commanded_faster(bench, stage):
    made = bench(GuardNode, HEARS, speed='10.0').up()
    robot = stage(made)
    made.spin_until(lambda: made.heard['commands'], robot.joints)
    most = 0.1 * robot.arm.velocity_limit[0]

    def follow(speed):
        def each():
            where = made.heard['commands'][-1].position
            robot.joints(np.array(where))
            made.say('joint_plan', trajectory(plan, robot.arm.joint_names))
        plan = robot.line(speed)
        return each

    made.spin_until(lambda: 'which turns at most' in made.node.health.reason, follow(2.0 * most))
    made.spin_until(lambda: made.heard['commands'][-1].velocity[0] > 0.8 * most,
                    follow(0.9 * most))
    fastest = max(abs(each.velocity[0]) for each in made.heard['commands'])
    assert fastest <= most


def test_an_arm_whose_driver_puts_a_prefix_before_its_joints_is_commanded_under_it(bench, stage):
    made = bench(GuardNode, HEARS, joint_prefix='left_').up()
    robot = stage(made)
    names = tuple(f'left_{name}' for name in robot.arm.joint_names)
    made.spin_until(lambda: made.heard['commands'], lambda: robot.joints(names=names))
    assert tuple(made.heard['commands'][-1].name) == names
    plan = robot.line()  # plans are without it
    made.say('joint_plan', trajectory(plan, robot.arm.joint_names))
    made.spin_until(lambda: made.node.health.status is Status.OK,
                    lambda: robot.joints(names=names))


def test_a_protective_stop_is_said_beside_the_status(guarded):
    made, robot = guarded
    made.say('speed_scaling', Float64(data=0.0))
    made.spin_until(lambda: 'protective stop' in made.node.health.reason, robot.joints)
    made.say('speed_scaling', Float64(data=100.0))
    made.spin_until(lambda: 'protective stop' not in made.node.health.reason, robot.joints)
