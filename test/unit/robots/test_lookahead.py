"""Claims about a guard that looks ahead: it stops before what is hit, and goes on when clear."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from foresight.errors import RobotError
from foresight.robots.arm import ArmModel
from foresight.robots.e_stop import EStop
from foresight.robots.guard_config import GuardConfig
from foresight.robots.guarding import Guard
from foresight.robots.kinematics import InverseKinematics
from foresight.robots.limits import JointLimits
from foresight.robots.lookahead import check_path
from foresight.robots.plan_window import PlanWindow
from foresight.robots.status import Status
from foresight.robots.tool_path import vertical_poses
from foresight.robots.trajectory import JointPath
from foresight.robots.workspace import Workspace
from foresight.settings import SceneConfig

Make = Callable[..., Path]
PERIOD, REACH = 0.01, 0.6
PANDA = ArmModel.load('panda')
SCENE = SceneConfig()
HOVER, BELOW, ALONG = 0.12, -0.037, (0.5, -0.2)


def at(x: float, y: float, z: float) -> np.ndarray:
    """Joints of the Panda that hold the tool upright there [m]."""
    pose = vertical_poses(np.array([x]), np.array([y]), np.array([z]), np.array([0.0]))[0]
    return InverseKinematics(PANDA, 0.02).reach(pose, np.array(PANDA.retract))


class Arm:
    """An arm that follows a guard, and a planner that streams a way from pose to pose."""

    def __init__(self, start: np.ndarray, arm: ArmModel = PANDA) -> None:
        self.workspace = Workspace(arm, SCENE)
        self.guard = Guard(JointLimits.of(arm), GuardConfig(), EStop(), self.workspace)
        self.now, self.trace = 10.0, [start]
        self.statuses: list[Status] = []
        self.guard.accept_joints(start, np.zeros(7), self.now)

    def ride(
        self, end: np.ndarray, seconds: float, more: float = 0.5,
        halfway: Callable[[], object] = lambda: None, silent: range = range(0),
    ) -> None:
        """Stream the way to `end` in windows, but in `silent` ticks; wait on for some time."""
        start, begin = self.trace[-1], self.now
        for tick in range(round((seconds + more) / PERIOD)):
            if tick % 5 == 0 and tick not in silent:
                times = self.now + PERIOD * np.arange(round(REACH / PERIOD))
                turn = np.pi * np.clip((times - begin) / seconds, 0.0, 1.0)
                share = (1.0 - np.cos(turn))[:, None] / 2
                speed = np.pi / (2 * seconds) * np.sin(turn)[:, None]
                self.send(PlanWindow(times, start + share * (end - start), speed * (end - start)))
            self.tick()
            if tick == round(seconds / PERIOD / 2):
                halfway()

    def send(self, window: PlanWindow) -> None:
        """Hand a plan to the guard, which may find it too far away once the arm has stopped."""
        limits = np.abs(window.velocities) / PANDA.velocity_limit
        assert limits.max() <= 1.0
        gap = np.abs(window.sample(self.now)[0] - self.trace[-1]).max()
        if gap <= GuardConfig().jump_limit:
            self.guard.accept_plan(window, self.now)

    def tick(self) -> None:
        """Advance by a period."""
        self.now += PERIOD
        command = self.guard.tick(self.now)
        assert command is not None
        self.trace.append(command.positions)
        self.statuses.append(self.guard.finding.status)
        self.guard.accept_joints(command.positions, command.velocities, self.now)

    @property
    def lowest(self) -> float:
        """Lowest height of the tool [m]."""
        return min(float(PANDA.tool_pose(positions)[2, 3]) for positions in self.trace)

    @property
    def braking(self) -> float:
        """Largest acceleration of a joint [rad/s^2]."""
        return float(np.abs(np.diff(np.stack(self.trace), 2, axis=0)).max() / PERIOD**2)


@pytest.mark.parametrize('seconds', [0.5, 0.7, 1.0, 3.0])
def test_a_plan_into_the_table_stops_before_it(seconds: float) -> None:
    arm = Arm(at(*ALONG, HOVER))
    arm.ride(at(*ALONG, BELOW), seconds)
    assert Status.BLOCKED in arm.statuses
    assert 0.0 < arm.lowest < HOVER - 0.03  # it stops, but not far from it
    assert not any(arm.workspace.breaches(positions) for positions in arm.trace)
    assert (arm.trace[-1] == arm.trace[-20]).all()


def test_the_stop_is_gentle_says_why_and_is_not_latched() -> None:
    arm = Arm(at(*ALONG, HOVER))
    arm.ride(at(*ALONG, BELOW), 1.0)
    assert arm.braking <= GuardConfig().stop_deceleration * 1.01
    assert arm.guard.finding.status is Status.BLOCKED
    assert 'the plan leads tool0 into the table: plan around it' in arm.guard.finding.reason
    arm.ride(at(*ALONG, HOVER), 1.0)
    assert arm.guard.finding.status is Status.OK
    assert arm.lowest > 0.0 and PANDA.tool_pose(arm.trace[-1])[2, 3] == pytest.approx(HOVER)


def test_a_sweep_as_low_as_a_push_passes_unchanged() -> None:
    low, end = at(0.4, -0.2, 0.006), at(0.6, -0.2, 0.006)
    arm = Arm(low)
    bare = Arm(low)
    bare.guard = Guard(JointLimits.of(PANDA), GuardConfig(), EStop())
    bare.guard.accept_joints(low, np.zeros(7), bare.now)
    for each in (arm, bare):
        each.ride(end, 2.0)
    assert set(arm.statuses) == {Status.OK}
    np.testing.assert_array_equal(arm.trace, bare.trace)


@pytest.mark.parametrize('depth', [-0.01, -0.03])
def test_an_arm_that_is_in_the_table_may_leave_it_but_goes_no_deeper(depth: float) -> None:
    arm = Arm(at(*ALONG, depth))
    arm.ride(at(*ALONG, depth - 0.02), 1.0)
    assert Status.BLOCKED in arm.statuses and arm.lowest > depth - 1e-4
    arm.ride(at(*ALONG, 0.1), 1.0)
    assert PANDA.tool_pose(arm.trace[-1])[2, 3] == pytest.approx(0.1)


def test_a_plan_through_a_zone_is_stopped_and_one_above_it_is_not(make_robot: Make) -> None:
    robot = ArmModel.load(make_robot(keep_out={'glass': [0.45, 0.55, -0.05, 0.05]}))
    start, end = (at(0.5, y, 0.05) for y in (-0.25, 0.25))
    arm = Arm(start, robot)
    arm.ride(end, 2.0)
    assert 'into the zone glass' in arm.guard.finding.reason
    assert PANDA.tool_pose(arm.trace[-1])[1, 3] < -0.05
    above = Arm(at(0.5, -0.25, HOVER), robot)
    above.ride(at(0.5, 0.25, HOVER), 2.0)
    assert set(above.statuses) == {Status.OK}


@pytest.mark.parametrize(('ends', 'why'), [
    ((at(0.5, -0.25, 0.05), at(0.5, 0.25, 0.05)), 'would lead .* into the zone glass'),
    ((at(*ALONG, HOVER), at(*ALONG, BELOW)), 'would lead tool0 into the table'),
    ((at(0.5, -0.25, HOVER), at(0.5, 0.25, HOVER)), ''),
], ids=['through a zone', 'into the table', 'above both'])
def test_a_whole_path_is_looked_at_before_it_is_taken(ends, why):
    workspace = Workspace(PANDA, SCENE)
    workspace.add('glass', (0.45, 0.55, -0.05, 0.05))
    shares = np.linspace(0.0, 1.0, 101)[:, None]
    positions = (1.0 - shares) * ends[0] + shares * ends[1]
    velocities = np.diff(positions, axis=0, prepend=positions[:1]) / PERIOD
    tool = np.stack([PANDA.tool_pose(each) for each in positions])
    path = JointPath(PERIOD * np.arange(101.0), positions, velocities, tool)
    if why:
        with pytest.raises(RobotError, match=why):
            check_path(workspace, path)
    else:
        check_path(workspace, path)


def test_a_zone_that_comes_in_mid_motion_is_not_entered():
    arm = Arm(at(0.5, -0.25, 0.05))
    glass = partial(arm.guard.keep_out, 'glass', (0.45, 0.55, 0.15, 0.25))
    arm.ride(at(0.5, 0.25, 0.05), 2.0, halfway=glass)
    assert set(arm.statuses[:100]) == {Status.OK}
    assert Status.BLOCKED in arm.statuses[100:]
    assert 0.0 < PANDA.tool_pose(arm.trace[-1])[1, 3] < 0.15


@pytest.mark.parametrize('seed', range(4, 8))
def test_plans_too_quick_to_follow_lead_no_more_than_scratches_into_anything(seed: int) -> None:
    generator = np.random.default_rng(seed)
    arm = Arm(at(*ALONG, 0.04))
    for _ in range(40):
        jump = arm.trace[-1] + generator.uniform(-0.2, 0.2, 7)
        times = arm.now + np.array([0.0, 0.05, 0.6])
        ends = np.clip(jump, PANDA.position_low + 0.02, PANDA.position_high - 0.02)
        arm.send(PlanWindow(times, np.stack([arm.trace[-1], ends, ends]), np.zeros((3, 7))))
        for _ in range(generator.integers(3, 20)):
            arm.tick()
    depths = [
        breach.depth for positions in arm.trace for breach in arm.workspace.breaches(positions)
    ]
    assert max(depths, default=0.0) < 0.005


@pytest.mark.parametrize('silence', [20, 32])
def test_an_arm_that_was_kept_waiting_goes_on_along_its_path(silence: int) -> None:
    start, end = at(0.4, -0.2, 0.006), at(0.6, 0.1, 0.006)
    arm = Arm(start)
    arm.ride(end, 2.0, silent=range(81, 81 + silence))
    assert (Status.NO_PLAN in arm.statuses) == (silence > 30)
    assert set(arm.statuses) <= {Status.OK, Status.NO_PLAN, Status.IDLE}
    np.testing.assert_allclose(arm.trace[-1], end, atol=1e-6)
    way = start + np.linspace(0.0, 1.0, 2001)[:, None] * (end - start)
    assert max(np.abs(way - positions).max(axis=1).min() for positions in arm.trace) < 2e-3
