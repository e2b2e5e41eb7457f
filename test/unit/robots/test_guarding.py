"""Claims about the guard: inside limits whatever arrives, still when in doubt."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from foresight.errors import RobotError
from foresight.robots.e_stop import EStop
from foresight.robots.guard_config import GuardConfig
from foresight.robots.guarding import Guard
from foresight.robots.limits import JointLimits
from foresight.robots.plan_window import PlanWindow
from foresight.robots.status import Status

PERIOD = 0.01
LIMITS = JointLimits(
    ('a', 'b'), -np.ones(2), np.ones(2), np.full(2, 2.0), np.full(2, 10.0), np.full(2, 2000.0),
)


RAMP = 0.1  # time in which a plan reaches its speed [s]


def line(
    start: float, end: float, speed: float = 0.5, rest: bool = False, begin: float = 0.0,
) -> PlanWindow:
    """Both joints ramp up to `speed` and keep it between two times, beginning somewhere."""
    times = np.arange(start, end + PERIOD / 2, PERIOD)
    since = times - start
    way = np.where(since < RAMP, since**2 / (2 * RAMP), since - RAMP / 2)
    positions = begin + np.repeat(speed * way[:, None], 2, axis=1)
    velocities = np.full_like(positions, speed)
    velocities[-1] = 0.0 if rest else speed
    return PlanWindow(times, positions, velocities)


class Arm:
    """A driver that goes where it is told, and a clock."""

    def __init__(self, config: GuardConfig | None = None) -> None:
        self.e_stop = EStop()
        self.guard = Guard(LIMITS, config or GuardConfig(), self.e_stop)
        self.now = 0.0
        self.trace: list[np.ndarray] = [np.zeros(2)]
        self.velocities: list[np.ndarray] = []
        self.speak, self.hand = True, np.zeros(2)
        self.guard.accept_joints(np.zeros(2), np.zeros(2), 0.0)

    def run(self, seconds: float) -> None:
        """Tick for some time."""
        for _ in range(round(seconds / PERIOD)):
            self.now += PERIOD
            command = self.guard.tick(self.now)
            assert command is not None
            assert np.abs(command.velocities).max() <= 2.0
            self.trace.append(command.positions)
            self.velocities.append(command.velocities)
            if self.speak:
                self.guard.accept_joints(command.positions, command.velocities, self.now)

    @property
    def steps(self) -> np.ndarray:
        """Largest joint step of each tick [rad]."""
        return np.abs(np.diff(np.stack(self.trace), axis=0)).max(axis=1)


def test_no_command_before_joint_states() -> None:
    guard = Guard(LIMITS, GuardConfig(), EStop())
    assert guard.tick(0.0) is None
    assert guard.finding.status is Status.STALE_JOINTS


def test_idle_holds_the_measured_position() -> None:
    arm = Arm()
    arm.run(0.5)
    assert arm.steps.max() == 0.0
    assert arm.guard.finding.status is Status.IDLE


def test_fresh_plan_is_followed() -> None:
    arm = Arm()
    arm.guard.accept_plan(line(0.0, 0.5), 0.0)
    arm.run(0.2)
    np.testing.assert_allclose(arm.trace[-1], 0.075, atol=1e-6)
    assert arm.guard.finding.status is Status.OK


def test_carried_out_plan_is_idle() -> None:
    arm = Arm()
    arm.guard.accept_plan(line(0.0, 0.2, rest=True), 0.0)
    arm.run(1.0)
    assert arm.guard.finding.status is Status.IDLE
    np.testing.assert_allclose(arm.trace[-1], 0.075, atol=1e-6)


def test_stale_plan_stops_smoothly_on_its_path() -> None:
    arm = Arm()
    arm.guard.accept_plan(line(0.0, 0.5), 0.0)
    arm.run(1.0)
    assert arm.guard.finding.status is Status.NO_PLAN
    assert arm.steps[-30:].max() == 0.0
    braking = np.abs(np.diff(arm.steps[29:])) / PERIOD**2
    assert braking.max() <= GuardConfig().stop_deceleration * 1.01
    assert arm.trace[-1][0] < 0.3 * 0.5 + 0.5**2 / (2 * 8.0) + 0.01


def test_arm_that_outruns_its_window_still_stops() -> None:
    arm = Arm(GuardConfig(plan_timeout=0.3, stop_deceleration=1.0))
    arm.guard.accept_plan(line(0.0, 0.31), 0.0)
    arm.run(2.0)
    assert arm.steps[-10:].max() == 0.0
    assert arm.trace[-1][0] <= 1.0


def test_commands_keep_position_and_velocity_limits() -> None:
    arm = Arm(GuardConfig(jump_limit=1.0))
    for _ in range(20):
        times = np.array([arm.now, arm.now + 0.5])
        far = np.clip(arm.trace[-1] + 0.9, None, 1.0)
        wild = PlanWindow(times, np.stack([far, far]), np.full((2, 2), 2.0))
        arm.guard.accept_plan(wild, arm.now)
        arm.run(0.1)
    assert np.stack(arm.trace).max() <= 1.0
    assert arm.steps.max() <= 2.0 * PERIOD + 1e-9


def test_plan_that_claims_more_than_the_velocity_limit_is_refused() -> None:
    arm = Arm()
    lying = line(0.0, 0.5)
    lying.velocities[1, 1] = 1e6
    with pytest.raises(RobotError, match=r'claims 1e\+06 rad/s of b.*at most 2'):
        arm.guard.accept_plan(lying, 0.0)
    arm.guard.accept_plan(line(0.0, 0.5, speed=2.0), 0.0)  # the limit itself is fine


@pytest.mark.parametrize('claim', [0.0, 0.01, 0.5, 2.0])
def test_e_stop_brakes_by_what_was_commanded_whatever_the_plan_claims(claim: float) -> None:
    arm = Arm()
    plan = line(0.0, 2.0)
    plan.velocities[:] = claim
    arm.guard.accept_plan(plan, 0.0)
    arm.run(0.2)
    arm.e_stop.press()
    arm.run(0.2)
    braking = np.abs(np.diff(arm.steps[18:])) / PERIOD**2
    assert braking.max() <= GuardConfig().stop_deceleration * 1.01
    assert arm.trace[-1][0] - 0.075 == pytest.approx(0.5**2 / (2 * 8.0), abs=0.5 * PERIOD)


@st.composite
def lying_plans(draw: st.DrawFn) -> PlanWindow:
    """Plans from where the arm is, whose velocities have nothing to do with their positions."""
    steps = draw(st.integers(1, 8))
    number = st.floats(-1.0, 1.0)
    times = np.cumsum(draw(hnp.arrays(float, steps, elements=st.floats(0.005, 0.2))))
    ways = draw(hnp.arrays(float, (steps, 2), elements=number))
    claims = draw(hnp.arrays(float, (steps, 2), elements=number))
    first = np.zeros((1, 2))
    return PlanWindow(
        np.append(0.0, times),
        np.concatenate([first, np.clip(np.cumsum(0.3 * ways, axis=0), -1.0, 1.0)]),
        2.0 * np.concatenate([first, claims]),
    )


@settings(deadline=None)
@given(plan=lying_plans(), ticks=st.integers(1, 40))
def test_no_plan_makes_an_e_stop_run_far(plan: PlanWindow, ticks: int) -> None:
    arm = Arm(GuardConfig(plan_timeout=5.0))
    arm.guard.accept_plan(plan, 0.0)
    arm.run(ticks * PERIOD)
    start, speed = arm.trace[-1], arm.steps[-1] / PERIOD
    arm.e_stop.press()
    arm.run(0.5)
    travel = np.abs(np.stack(arm.trace[ticks:]) - start).max()
    turn = 2 * GuardConfig().stop_deceleration * PERIOD  # an acceleration turns round in a tick
    fastest = speed + turn
    assert travel <= fastest**2 / (2 * GuardConfig().stop_deceleration) + 2 * fastest * PERIOD
    assert arm.steps.max() <= 2.0 * PERIOD + 1e-9
    assert arm.steps[-20:].max() == 0.0
    assert arm.guard.finding.status is Status.E_STOP


@settings(deadline=None)
@given(plan=lying_plans())
def test_commanded_velocities_are_those_of_the_commanded_positions(plan: PlanWindow) -> None:
    arm = Arm()
    arm.guard.accept_plan(plan, 0.0)
    arm.run(0.6)
    moved = np.diff(np.stack(arm.trace), axis=0) / PERIOD
    np.testing.assert_allclose(np.stack(arm.velocities), moved, atol=1e-6)


@pytest.mark.parametrize('bad', [np.nan, np.inf])
def test_plan_that_is_not_finite_is_refused(bad: float) -> None:
    with pytest.raises(RobotError, match='not finite'):
        PlanWindow(np.array([0.0, 1.0]), np.array([[0.0], [bad]]), np.zeros((2, 1)))


def test_plan_with_times_out_of_order_is_refused() -> None:
    with pytest.raises(RobotError, match='must increase'):
        PlanWindow(np.array([0.0, 0.0]), np.zeros((2, 1)), np.zeros((2, 1)))


def test_plan_far_from_the_arm_is_refused_and_nothing_moves() -> None:
    arm = Arm()
    far = PlanWindow(np.array([0.5]), np.full((1, 2), 0.5), np.zeros((1, 2)))
    with pytest.raises(RobotError, match='away from the arm'):
        arm.guard.accept_plan(far, 0.0)
    arm.run(0.2)
    assert arm.steps.max() == 0.0
    assert 'away from the arm' in arm.guard.finding.reason


def test_plan_of_the_past_is_refused() -> None:
    arm = Arm()
    arm.run(0.5)
    with pytest.raises(RobotError, match='ago'):
        arm.guard.accept_plan(line(0.0, 0.1, speed=0.1), arm.now)


def test_joints_that_stop_arriving_stop_the_arm() -> None:
    arm = Arm()
    arm.speak = False
    for _ in range(10):
        try:
            arm.guard.accept_plan(line(0.0, 2.0, speed=0.2), arm.now)
        except RobotError as error:
            assert 'joint' in str(error)
        arm.run(0.1)
    assert arm.guard.finding.status is Status.STALE_JOINTS
    assert arm.steps[-30:].max() == 0.0


def test_joints_that_are_not_finite_are_ignored() -> None:
    arm = Arm()
    with pytest.raises(RobotError, match='not finite'):
        arm.guard.accept_joints(np.array([np.nan, 0.0]), np.zeros(2), 0.0)
    arm.run(0.1)
    assert np.isfinite(arm.trace[-1]).all()


def test_e_stop_stops_and_refuses_plans_until_released() -> None:
    arm = Arm()
    arm.guard.accept_plan(line(0.0, 2.0), 0.0)
    arm.run(0.1)
    arm.e_stop.press()
    arm.run(0.3)
    assert arm.steps[-10:].max() == 0.0
    assert arm.guard.finding.status is Status.E_STOP
    with pytest.raises(RobotError, match='release'):
        arm.guard.accept_plan(line(arm.now, arm.now + 1.0), arm.now)
    arm.e_stop.release(arm.guard.moving)
    arm.run(0.1)
    assert arm.guard.finding.status is Status.IDLE


def test_guard_that_leaves_stops_the_arm_and_takes_no_plan() -> None:
    arm = Arm()
    arm.guard.accept_plan(line(0.0, 2.0), 0.0)
    arm.run(0.1)
    arm.guard.leave()
    arm.run(0.2)
    assert not arm.guard.moving
    assert arm.trace[-1][0] - 0.025 == pytest.approx(0.5**2 / (2 * 8.0), abs=1.5 * PERIOD)
    with pytest.raises(RobotError, match='ends'):
        arm.guard.accept_plan(line(arm.now, arm.now + 1.0), arm.now)


def test_release_is_refused_while_moving() -> None:
    arm = Arm()
    arm.guard.accept_plan(line(0.0, 2.0), 0.0)
    arm.run(0.2)
    arm.e_stop.press()
    arm.run(0.02)
    with pytest.raises(RobotError, match='moves'):
        arm.e_stop.release(arm.guard.moving)


def test_release_is_refused_while_the_topic_is_true() -> None:
    arm = Arm()
    arm.e_stop.follow(True)
    arm.run(0.1)
    with pytest.raises(RobotError, match='topic is true'):
        arm.e_stop.release(arm.guard.moving)
    arm.e_stop.follow(False)
    assert arm.guard.tick(arm.now) is not None
    assert arm.guard.finding.status is Status.E_STOP
    arm.e_stop.release(arm.guard.moving)


def test_a_guard_that_stalls_is_late_and_stops() -> None:
    arm = Arm()
    arm.guard.accept_plan(line(0.0, 2.0), 0.0)
    arm.run(0.2)
    arm.now += 0.6
    arm.guard.accept_joints(arm.trace[-1], np.zeros(2), arm.now)
    arm.guard._ride.accepted_at = arm.now  # the planner kept its pace; only the guard stalled
    arm.run(0.3)
    assert arm.guard.finding.status is Status.LATE
    assert arm.steps[-10:].max() == 0.0


def test_short_stall_is_caught_up_little_by_little() -> None:
    arm = Arm(GuardConfig(plan_timeout=5.0))
    arm.guard.accept_plan(line(0.0, 1.9), 0.0)
    arm.run(0.3)
    arm.now += 0.06
    arm.run(1.5)
    assert arm.guard.finding.status is Status.OK
    np.testing.assert_allclose(arm.trace[-1], 0.5 * (arm.now - RAMP / 2), atol=5e-3)
    assert arm.steps.max() <= 0.5 * PERIOD * 1.25


def displaced(arm: Arm, positions: np.ndarray, seconds: float) -> None:
    """Let the arm be led elsewhere than it is told, as fast as a hand can."""
    arm.speak = False
    for _ in range(round(seconds / PERIOD)):
        arm.hand = arm.hand + np.clip(positions - arm.hand, -0.02, 0.02)
        arm.guard.accept_joints(arm.hand, np.zeros(2), arm.now)
        arm.run(PERIOD)


@pytest.mark.parametrize('measured', [(0.5, 0.5), (1.9, -1.9), (0.0, 0.9)])
def test_arm_moved_by_hand_is_followed_within_the_limits(measured) -> None:
    arm = Arm()
    arm.run(0.1)
    displaced(arm, np.array(measured), 0.3)
    assert arm.guard.finding.status is Status.IDLE
    assert 'by hand' in arm.guard.finding.reason
    displaced(arm, np.array(measured), 3.0)
    assert arm.steps.max() <= 2.0 * PERIOD + 1e-9
    np.testing.assert_allclose(arm.trace[-1], np.clip(measured, -0.99, 0.99), atol=1e-3)
    assert arm.guard.finding.reason == '' and not arm.velocities[-1].any()


def test_arm_that_only_sags_is_held() -> None:
    arm = Arm()
    displaced(arm, np.full(2, 0.2), 0.5)
    assert arm.steps.max() == 0.0


def test_arm_is_not_followed_while_the_e_stop_is_set() -> None:
    arm = Arm()
    arm.e_stop.press()
    displaced(arm, np.full(2, 0.5), 0.5)
    assert arm.steps.max() == 0.0
    assert arm.guard.finding.status is Status.E_STOP
    arm.e_stop.release(arm.guard.moving)
    displaced(arm, np.full(2, 0.5), 1.5)
    assert 0.0 < arm.steps.max() <= 2.0 * PERIOD + 1e-9
    np.testing.assert_allclose(arm.trace[-1], 0.5, atol=1e-3)


def test_arm_moved_by_hand_refuses_a_plan_from_where_it_was_on_the_way() -> None:
    arm = Arm()
    displaced(arm, np.full(2, 0.9), 0.7)
    with pytest.raises(RobotError, match='away from the arm'):
        arm.guard.accept_plan(line(arm.now, arm.now + 0.5), arm.now)
    displaced(arm, np.full(2, 0.9), 0.5)
    assert arm.steps.max() <= 2.0 * PERIOD + 1e-9


@pytest.mark.parametrize('jump', [-5.0, -0.1, 3.0])
def test_clock_that_jumps_in_mid_motion_stops_the_arm_until_released(jump: float) -> None:
    arm = Arm()
    arm.guard.accept_plan(line(0.0, 1.5), 0.0)
    arm.run(0.2)
    begin = arm.trace[-1]
    arm.now += jump
    arm.run(0.3)
    assert arm.guard.finding.status is Status.CLOCK_JUMPED
    assert arm.steps[-10:].max() == 0.0 and (arm.trace[-1] >= begin).all()
    with pytest.raises(RobotError, match='clock jumped'):
        arm.guard.accept_plan(line(arm.now, arm.now + 1.0, begin=arm.trace[-1][0]), arm.now)
    arm.e_stop.release(arm.guard.moving)
    arm.guard.accept_plan(line(arm.now, arm.now + 1.0, begin=arm.trace[-1][0]), arm.now)
    arm.run(0.1)
    assert arm.guard.finding.status is Status.OK


def test_clock_that_jumps_while_the_arm_stands_is_no_fault_but_old_joints_are() -> None:
    arm = Arm()
    arm.run(0.1)
    arm.speak, arm.now = False, arm.now - 5.0
    arm.run(0.05)
    assert arm.guard.finding.status is Status.STALE_JOINTS and not arm.e_stop.is_set
    arm.speak = True
    arm.run(0.05)
    assert arm.guard.finding.status is Status.IDLE


def test_an_arm_that_stands_still_stops_its_commands_soon() -> None:
    arm = Arm(GuardConfig(plan_timeout=5.0))
    arm.guard.accept_plan(line(0.0, 1.5), 0.0)
    arm.speak = False
    for _ in range(100):
        arm.guard.accept_joints(np.zeros(2), np.zeros(2), arm.now)
        arm.run(PERIOD)
    assert arm.guard.finding.status is Status.TRACKING
    assert arm.steps[-10:].max() == 0.0 and arm.trace[-1][0] < 0.35
    arm.e_stop.release(arm.guard.moving)
    for _ in range(200):
        arm.guard.accept_joints(np.zeros(2), np.zeros(2), arm.now)
        arm.run(PERIOD)
    np.testing.assert_allclose(arm.trace[-1], 0.0, atol=2e-3)


def test_a_simulated_arm_that_was_led_astray_goes_on_from_where_it_stands() -> None:
    arm = Arm(GuardConfig(plan_timeout=5.0, tracking_latches=False))
    arm.guard.accept_plan(line(0.0, 1.5), 0.0)
    arm.speak, seen = False, set()
    for _ in range(300):
        arm.guard.accept_joints(np.zeros(2), np.zeros(2), arm.now)
        arm.run(PERIOD)
        seen.add(arm.guard.finding.status)
    assert Status.TRACKING in seen and not arm.e_stop.is_set
    np.testing.assert_allclose(arm.trace[-1], 0.0, atol=2e-3)
    arm.guard.accept_plan(line(arm.now, arm.now + 1.5), arm.now)
    arm.e_stop.press()
    arm.run(1.0)
    assert arm.guard.finding.status is Status.E_STOP  # what somebody pressed stays


def test_an_arm_that_brakes_for_long_without_joints_is_not_called_astray() -> None:
    arm = Arm(GuardConfig(stop_deceleration=3.0))
    arm.guard.accept_plan(line(0.0, 1.0, speed=1.0), 0.0)
    arm.run(0.25)
    arm.speak = False
    arm.guard.accept_plan(line(0.0, 1.0, speed=1.0), arm.now)
    arm.run(0.8)
    assert arm.guard.finding.status is Status.STALE_JOINTS and not arm.e_stop.is_set
    assert arm.steps[-10:].max() == 0.0
    arm.speak = True
    arm.run(0.05)
    assert arm.guard.finding.status is Status.IDLE


def test_joints_that_jump_stop_the_arm_and_are_not_followed() -> None:
    arm = Arm()
    arm.run(0.1)
    arm.guard.accept_joints(np.array([0.8, 0.0]), np.zeros(2), arm.now + PERIOD)
    arm.speak = False
    arm.run(0.1)
    assert arm.guard.finding.status is Status.JOINTS_JUMPED
    assert arm.steps.max() == 0.0


def test_no_plan_is_ridden_beside_a_rival() -> None:
    arm = Arm()
    arm.guard.accept_plan(line(0.0, 1.5), 0.0)
    arm.run(0.2)
    arm.guard.rivals = 1
    arm.run(0.2)
    assert arm.guard.finding.status is Status.RIVAL and arm.steps[-5:].max() == 0.0
    with pytest.raises(RobotError, match='end all but one'):
        arm.guard.accept_plan(line(arm.now, arm.now + 1.0, begin=arm.trace[-1][0]), arm.now)


@pytest.mark.parametrize(('window', 'reason'), [
    (PlanWindow(np.array([-5.0, 5.0]), np.zeros((2, 2)), np.zeros((2, 2))), 'began 5.00 s ago'),
    (PlanWindow(np.array([-2.0, -1.0]), np.zeros((2, 2)), np.zeros((2, 2))), 'ended 1.00 s ago'),
    (PlanWindow(np.array([0.0, 1.0]), np.array([[0.0, 0.0], [0.0, 1.5]]), np.zeros((2, 2))),
     'takes b 0.5 rad beyond its limits'),
    (PlanWindow(np.array([0.0]), np.zeros((1, 3)), np.zeros((1, 3))), 'needs 2 joints'),
])
def test_plans_of_another_time_or_arm_are_refused(window: PlanWindow, reason: str) -> None:
    with pytest.raises(RobotError, match=reason):
        Arm().guard.accept_plan(window, 0.0)


def test_an_arm_outside_its_limits_gets_no_command_until_it_is_inside() -> None:
    guard = Guard(LIMITS, GuardConfig(), EStop())
    guard.accept_joints(np.array([1.2, 0.0]), np.zeros(2), 0.0)
    assert guard.tick(0.01) is None
    assert guard.finding.status is Status.OUTSIDE and 'a stands at 1.200' in guard.finding.reason
    guard.accept_joints(np.array([0.995, 0.0]), np.zeros(2), 0.2)
    command = guard.tick(0.21)
    assert command is not None
    np.testing.assert_array_equal(command.positions, [0.995, 0.0])
