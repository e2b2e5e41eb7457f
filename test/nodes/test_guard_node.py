"""Claims about the guard node, over real topics."""

import shutil

import numpy as np
import pytest
from controllers import TrajectoryController
from std_msgs.msg import Float64, Float64MultiArray
from trajectory_msgs.msg import JointTrajectory

from foresight.data.joint_messages import seconds
from foresight.errors import ConfigError
from foresight.nodes.guard_node import GuardNode
from foresight.nodes.joint_convert import joint_state, trajectory
from foresight.robots.plan_window import PlanWindow
from foresight.robots.robot_file import find_robot
from foresight.robots.status import Status

HEARS = ('commands', '/diagnostics')


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


def test_joint_states_in_another_order_are_matched_by_name(bench, stage):
    made = bench(GuardNode, HEARS).up()
    robot = stage(made)
    where = np.array(robot.arm.retract)
    made.spin_until(
        lambda: made.heard['commands'],
        lambda: robot.joints(where[::-1], robot.arm.joint_names[::-1]),
    )
    np.testing.assert_allclose(made.heard['commands'][-1].position, where, atol=1e-9)


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


def test_deactivated_in_mid_motion_the_guard_stops_the_arm_within_its_limits(guarded):
    made, robot = guarded
    made.say('joint_plan', trajectory(robot.line(speed=1.0), robot.arm.joint_names))
    made.spin_until(lambda: made.heard['commands'][-1].velocity[0] > 0.8, robot.joints)
    made.node.trigger_deactivate()
    made.node.trigger_cleanup()
    made.spin(0.5, robot.joints)
    commands = made.heard['commands']
    speeds = np.array([command.velocity[0] for command in commands])
    periods = np.diff([seconds(command.header.stamp) for command in commands]) / 0.01
    limit = robot.arm.acceleration_limit[0] * 0.01 * np.maximum(1.0, np.round(periods))
    assert speeds[-1] == 0.0 and (np.abs(np.diff(speeds)) <= limit * 1.001).all()


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
