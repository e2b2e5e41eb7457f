"""Claims about commands: every controller takes all of them, and the arm follows smoothly."""

from dataclasses import fields

import numpy as np
import pytest
from controllers import Arm, ForwardController, StateController, TrajectoryController, seconds_of

from foresight.data.joint_messages import seconds
from foresight.nodes.commands import INTERFACES, CommandStream
from foresight.robots.arm import ArmModel
from foresight.robots.guard_config import GuardConfig

CONTROLLERS = {
    'joint_state': StateController, 'float64_multi_array': ForwardController,
    'joint_trajectory': TrajectoryController,
}
PERIOD, LATER, DECELERATION = 0.01, 0.03, 8.0


@pytest.fixture(scope='module', params=['panda', 'ur5e', 'xarm6'])
def arm(request):
    return ArmModel.load(request.param)


def stream(arm, interface='joint_trajectory'):
    return CommandStream(interface, arm.joint_names, arm.position_low, arm.position_high,
                         DECELERATION, LATER)


def at_rest(arm):
    """Return position and speed of an arm that stands at retract."""
    return arm.retract, np.zeros(len(arm.retract))


def motion(arm, time, seconds=2.0):
    """Return where a smooth motion is, and how fast."""
    share = np.clip(time / seconds, 0.0, 1.0)
    way = 0.5 * np.linspace(1.0, 0.4, len(arm.retract)) * (-1) ** np.arange(len(arm.retract))
    place = share**3 * (10.0 - 15.0 * share + 6.0 * share**2)
    speed = 30.0 * share**2 * (1.0 - share) ** 2 / seconds
    return arm.retract + way * place, way * speed


def drive(arm, interface, until, ends=np.inf, **settings):
    """Send commands of a motion until `ends` through a controller; return the arm."""
    made = Arm(CONTROLLERS[interface](arm.joint_names, arm.retract, **settings))
    words = stream(arm, interface)
    for tick in range(round(until / 0.002)):
        now = 5.0 + 0.002 * tick
        if tick % 5 == 0 and now - 5.0 <= ends:
            made.send(words.message(*motion(arm, now - 5.0), now), now)
        made.advance(now, 0.002)
    return made


def test_the_guard_may_be_told_of_every_interface():
    (known,) = (item for item in fields(GuardConfig) if item.name == 'command_interface')
    assert known.metadata['choices'] == tuple(INTERFACES)


@pytest.mark.parametrize('interface', list(INTERFACES))
def test_every_command_is_taken_and_the_arm_arrives(arm, interface):
    made = drive(arm, interface, 2.5)
    assert made.controller.refused == []
    np.testing.assert_allclose(made.measured(), motion(arm, 2.0)[0], atol=1.5e-3)
    speeds = np.abs(made.speeds).max(axis=0)
    fastest = np.max([np.abs(motion(arm, t)[1]) for t in np.linspace(0.0, 2.0, 201)], axis=0)
    if interface == 'joint_trajectory':  # the others jump each time, which the arm smooths
        assert (speeds < 1.05 * fastest).all()
        assert np.abs(np.diff(made.speeds[20:], axis=0)).max() / 0.002 < 3.0


def test_the_arm_lags_no_more_than_was_asked_for(arm):
    made = drive(arm, 'joint_trajectory', 1.0)
    behind = LATER + made.lag + PERIOD
    there, earlier = motion(arm, 1.0)[0], motion(arm, 1.0 - behind)[0]
    assert (np.abs(made.positions - there) <= np.abs(earlier - there) + 1e-3).all()


def test_when_commands_end_the_arm_comes_to_rest_with_the_deceleration(arm):
    made = drive(arm, 'joint_trajectory', 2.0, ends=1.0)
    place, speed = motion(arm, 1.0)
    assert np.abs(made.speeds[-1]).max() < 1e-3
    stopped = place + speed * np.abs(speed).max() / DECELERATION / 2.0
    np.testing.assert_allclose(made.positions, stopped, atol=2e-3)
    slowing = np.abs(np.diff(made.speeds[500:], axis=0)).max() / 0.002
    assert slowing < 1.5 * DECELERATION


def test_a_trajectory_ends_at_rest_inside_the_limits_wherever_it_begins(arm):
    generator = np.random.default_rng(0)
    judge = TrajectoryController(arm.joint_names, arm.retract)
    for _ in range(300):
        place = generator.uniform(arm.position_low, arm.position_high)
        speed = generator.uniform(-1.0, 1.0, len(place)) * arm.velocity_limit
        message = stream(arm).message(place, speed * generator.choice([0.0, 1e-5, 1.0]), 5.0)
        judge.accept(message, 5.0, at_rest(arm))
        assert seconds(message.header.stamp) == pytest.approx(5.0 + LATER)
        last = np.array(message.points[-1].positions)
        assert (last >= arm.position_low - 1e-9).all() and (last <= arm.position_high + 1e-9).all()
    assert judge.refused == []


def test_a_clock_that_jumps_or_stands_still_gives_trajectories_that_are_taken(arm):
    judge, words = TrajectoryController(arm.joint_names, arm.retract), stream(arm)
    for now in (5.0, 5.01, 5.01, 5.01000001, 5.02, 1.0, 1.01, 9.0, 9.01):
        judge.accept(words.message(*motion(arm, 0.5), now), now, at_rest(arm))
    assert judge.refused == []


def test_commands_are_as_many_as_are_not_due_yet(arm):
    words = stream(arm)
    for tick in range(200):
        message = words.message(*motion(arm, 0.01 * tick), 5.0 + 0.01 * tick)
        assert len(message.points) <= LATER / PERIOD + 3
        assert seconds_of(message.points[0]) == 0.0


def test_the_stand_in_refuses_what_the_controller_refuses(arm):
    judge = TrajectoryController(arm.joint_names, arm.retract)
    moving = stream(arm).message(arm.retract, np.full(len(arm.retract), 0.3), 5.0)
    del moving.points[-1]
    late = stream(arm).message(*at_rest(arm), 4.0)
    partial = stream(arm).message(*at_rest(arm), 5.0)
    partial.joint_names = partial.joint_names[:-1]
    for message in (moving, late, partial):
        judge.accept(message, 5.0, at_rest(arm))
    assert [reason.split()[0] for reason in judge.refused] == ['velocity', 'trajectory', 'joints']
