"""Planned pushes keep every limit and do what they say."""

import math

import numpy as np
import pytest
import torch

from foresight.actions.push.action import Push, uniform_pushes
from foresight.actions.push.macro_action import PushAction
from foresight.actions.push.settings import PushConfig
from foresight.actions.push.skill import PushMotion, PushSkill
from foresight.errors import RobotError
from foresight.robots.arm import ArmModel
from foresight.robots.joint_level import JointLevelConfig
from foresight.settings import SceneConfig

SCENE, CONFIG, LIMITS = SceneConfig(), PushConfig(), JointLevelConfig()


@pytest.fixture(scope='module')
def skill() -> PushSkill:
    return PushSkill(ArmModel.load(), SCENE, CONFIG, LIMITS)


@pytest.fixture(scope='module')
def planned(skill: PushSkill) -> list[tuple[Push, PushMotion]]:
    drawn = uniform_pushes(12, torch.Generator().manual_seed(4), SCENE, CONFIG)
    feasible = PushAction(SCENE, CONFIG).feasible(skill.arm, LIMITS)
    pushes = [Push.from_array(values) for values in drawn[feasible(drawn)]]
    return [(push, skill.plan(push.array(), np.array(skill.arm.retract))) for push in pushes]


def test_positions_keep_their_margin(
    skill: PushSkill, planned: list[tuple[Push, PushMotion]],
) -> None:
    for _, motion in planned:
        positions = motion.joint_path.positions
        assert (positions >= skill.arm.position_low + LIMITS.position_margin - 1e-6).all()
        assert (positions <= skill.arm.position_high - LIMITS.position_margin + 1e-6).all()


def test_velocities_keep_their_share(
    skill: PushSkill, planned: list[tuple[Push, PushMotion]],
) -> None:
    for _, motion in planned:
        share = np.abs(motion.joint_path.velocities) / skill.arm.velocity_limit
        assert share.max() <= LIMITS.velocity_scale + 1e-3


def test_accelerations_keep_their_limit(
    skill: PushSkill, planned: list[tuple[Push, PushMotion]],
) -> None:
    for _, motion in planned:
        accelerations = np.diff(motion.joint_path.velocities, axis=0) * LIMITS.rate
        assert (np.abs(accelerations) <= skill.arm.acceleration_limit + 0.05).all()


def test_tool_never_goes_below_the_table_margin(planned: list[tuple[Push, PushMotion]]) -> None:
    for _, motion in planned:
        assert motion.joint_path.tool[:, 2, 3].min() >= LIMITS.table_margin


def test_sweep_follows_the_push_within_five_millimetres(
    planned: list[tuple[Push, PushMotion]],
) -> None:
    for push, motion in planned:
        path = motion.joint_path
        at = [int(np.searchsorted(path.times, t)) for t in (motion.sweep_start, motion.sweep_end)]
        np.testing.assert_allclose(path.tool[at[0], :2, 3], (push.x, push.y), atol=0.005)
        np.testing.assert_allclose(path.tool[at[1], :2, 3], push.end, atol=0.005)
        sweep = path.tool[at[0]:at[1] + 1]
        along = math.cos(push.heading), math.sin(push.heading)
        offset = sweep[:, :2, 3] - (push.x, push.y)
        assert np.abs(offset @ (-along[1], along[0])).max() < 0.005
        assert np.abs(sweep[:, 2, 3] - CONFIG.tool_height).max() < 0.005
        assert np.abs(np.abs(sweep[:, :2, 0] @ along) - 1.0).max() < 1e-3


def test_motion_starts_and_ends_at_rest_at_retract(
    skill: PushSkill, planned: list[tuple[Push, PushMotion]],
) -> None:
    for _, motion in planned:
        path = motion.joint_path
        np.testing.assert_allclose(path.positions[0], skill.arm.retract)
        np.testing.assert_allclose(path.positions[-1], skill.arm.retract, atol=1e-4)
        assert np.abs(path.velocities[-1]).max() < 0.02


def test_push_takes_two_to_four_seconds(planned: list[tuple[Push, PushMotion]]) -> None:
    for _, motion in planned:
        assert 2.0 < motion.joint_path.duration < 4.2


def test_tool_travels_above_the_objects(planned: list[tuple[Push, PushMotion]]) -> None:
    for push, motion in planned:
        tool = motion.joint_path.tool
        before = motion.joint_path.times < motion.sweep_start
        low = tool[:, 2, 3] < 0.08
        away = np.hypot(*(tool[:, :2, 3] - (push.x, push.y)).T) > 0.02
        assert not (before & low & away).any()


def test_same_push_gives_the_same_commands(skill: PushSkill) -> None:
    push, start = Push(0.45, 0.1, 2.0, 0.2), np.array(skill.arm.retract)
    first, second = skill.plan(push.array(), start), skill.plan(push.array(), start)
    np.testing.assert_array_equal(first.joint_path.positions, second.joint_path.positions)


def test_push_out_of_reach_is_refused(skill: PushSkill) -> None:
    with pytest.raises(RobotError, match='cannot reach'):
        skill.plan(Push(0.9, 0.3, 0.0, 0.2).array(), np.array(skill.arm.retract))


def test_push_from_a_lowered_tool_is_refused(skill: PushSkill) -> None:
    lowered = np.array([0.4, 0.281, 0.0, -2.666, 0.0, 2.947, 0.0])
    with pytest.raises(RobotError, match='retract first'):
        skill.plan(Push(0.45, 0.0, 0.0, 0.2).array(), lowered)


def test_start_outside_the_limits_is_named(skill: PushSkill) -> None:
    start = np.array(skill.arm.retract)
    start[0] = np.nan
    with pytest.raises(RobotError, match='joint1'):
        skill.plan(Push(0.45, 0.0, 0.0, 0.2).array(), start)


def test_a_push_can_end_elsewhere_than_at_retract(skill: PushSkill) -> None:
    finish = np.array(skill.arm.retract)
    finish[0] += 0.4
    motion = skill.plan(Push(0.45, -0.1, 1.5, 0.2).array(), np.array(skill.arm.retract), finish)
    np.testing.assert_allclose(motion.joint_path.positions[-1], finish, atol=0.01)


def test_an_arm_that_looks_away_turns_around_and_pushes() -> None:
    stand, push = (0.1, 0.1, 0.0, -2.6), Push(0.45, -0.11, -2.526, 0.21)
    arm = ArmModel.load('panda', stand)
    motion = PushSkill(arm, SCENE, CONFIG, LIMITS).plan(push.array(), np.array(arm.retract))
    tool = [arm.tool_pose(positions) for positions in motion.joint_path.positions]
    low = np.array([pose[:2, 3] for pose in tool if pose[2, 3] < 0.01])
    np.testing.assert_allclose(low[[0, -1]], [(push.x, push.y), push.end], atol=0.01)


def test_a_push_too_fast_for_a_stretched_arm_is_swept_slower(skill: PushSkill) -> None:
    away, near = (Push(x, 0.0, math.pi, 0.08).array() for x in (0.77, 0.55))
    stretched, usual = (skill.plan(push, np.array(skill.arm.retract)) for push in (away, near))
    times = [motion.sweep_end - motion.sweep_start for motion in (stretched, usual)]
    assert times[0] > 1.5 * times[1]
