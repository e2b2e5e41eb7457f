"""The guardrail `reach` foretells what the joint level can do."""

import math
from dataclasses import replace

import pytest
import torch

from foresight.actions.push.action import uniform_pushes
from foresight.actions.push.calibration import calibrate
from foresight.actions.push.feasible import PushFeasibility
from foresight.actions.push.settings import PushConfig
from foresight.errors import RobotError
from foresight.robots.arm import ArmModel
from foresight.robots.description import Stand, load_urdf
from foresight.robots.joint_level import JointLevelConfig
from foresight.robots.reach import reach_of
from foresight.robots.robot_file import RobotFile
from foresight.settings import SceneConfig

SCENE, CONFIG = SceneConfig(), PushConfig()


def reach(arm):
    return reach_of(arm, CONFIG.clearance, CONFIG.tool_height, JointLevelConfig())


@pytest.fixture(scope='module')
def feasibility() -> PushFeasibility:
    return PushFeasibility(SCENE, CONFIG, reach(ArmModel.load()))


def test_ordinary_push_is_allowed(feasibility: PushFeasibility) -> None:
    assert feasibility(torch.tensor([[0.45, 0.0, 1.0, 0.2]])).tolist() == [True]


@pytest.mark.parametrize('push', [
    (0.45, 0.0, 1.0, 0.01),
    (0.45, 0.0, 1.0, 0.9),
    (0.80, 0.0, 1.0, 0.2),
    (0.45, 0.28, math.pi / 2, 0.2),
    (0.26, 0.0, 0.0, 0.2),
    (0.30, -0.10, math.pi / 2 + 0.3, 0.2),
    (math.nan, 0.0, 0.0, 0.2),
])
def test_push_outside_box_or_reach_is_refused(
    feasibility: PushFeasibility, push: tuple[float, ...],
) -> None:
    assert feasibility(torch.tensor([push])).tolist() == [False]


@pytest.mark.parametrize('robot', ['panda', 'ur5e', 'xarm6'])
def test_calibration_on_a_few_pushes(robot: str) -> None:
    result = calibrate(40, 11, SCENE, CONFIG, ArmModel.load(robot))
    assert result.false_accepts <= 0.02
    assert result.false_rejects <= 0.05


def test_most_of_the_table_is_coverable_in_any_heading(feasibility: PushFeasibility) -> None:
    assert feasibility.coverage(spacing=0.05) >= 0.9


def test_an_arm_for_short_pushes_alone_covers_as_much(feasibility: PushFeasibility) -> None:
    short = PushFeasibility(SCENE, PushConfig(length_high=0.15), feasibility.reach)
    assert short.coverage(spacing=0.05) >= 0.9


def test_a_shorter_arm_reaches_less_far() -> None:
    robot = RobotFile.read('panda')
    short = ArmModel(load_urdf(robot).replace('-0.0825 0.384 0', '-0.0825 0.300 0'), robot)
    far = torch.tensor([[0.55, 0.0, 0.0, 0.2]])
    assert PushFeasibility(SCENE, CONFIG, reach(short))(far).tolist() == [False]
    assert calibrate(40, 11, SCENE, CONFIG, short).false_accepts <= 0.02


def test_arms_that_are_alike_share_one_search(feasibility: PushFeasibility) -> None:
    assert reach(ArmModel.load()) is feasibility.reach


def test_the_reach_goes_with_the_arm() -> None:
    robot = RobotFile.read('panda')
    urdf, there = load_urdf(robot), 'xyz="0 0 0.333"'
    assert there in urdf
    moved = ArmModel(urdf.replace(there, 'xyz="0.1 -0.05 0.333"'), robot)
    near, far = (reach(arm) for arm in (ArmModel.load(), moved))
    assert far.centre == pytest.approx((0.1, -0.05))
    assert (far.near_low, far.far_high) == pytest.approx((near.near_low, near.far_high), abs=1e-3)
    push = torch.tensor([[0.37, 0.0, math.pi / 2, 0.2]])
    assert PushFeasibility(SCENE, CONFIG, near)(push).all()
    assert not PushFeasibility(SCENE, CONFIG, far)(push).any()


STANDS = (
    (('right',), (0.05, 0.08, -0.03, 0.25)), (('far',), (0.475, -0.62, 0.0, math.pi / 2)),
    (('left',), (0.1, 0.1, 0.0, -2.6)),
)


@pytest.mark.parametrize(('bins', 'stand'), STANDS)
def test_calibration_of_an_arm_with_a_stand(bins: tuple[str, ...], stand: Stand) -> None:
    scene = SceneConfig(bins=bins, stand=stand)
    result = calibrate(60, 3, scene, CONFIG, ArmModel.load('panda', stand))
    assert result.executable >= 0.3
    assert result.false_accepts <= 0.02
    assert result.false_rejects <= 0.05


def test_no_push_at_the_end_of_the_reach_is_accepted_in_vain() -> None:
    scene = SceneConfig(table_near=0.55, table_depth=0.35, table_width=0.7)
    result = calibrate(100, 5, scene, CONFIG, ArmModel.load())
    assert 0.3 < result.executable < 0.9
    assert result.false_accepts == 0.0


def test_joint_1_turns_from_start_to_end_and_not_around_the_back() -> None:
    stand = (0.9, 0.0, 0.0, 0.0)  # beyond the table, and looking away from it
    reached = reach(ArmModel.load('panda', stand))
    low, high = reached.sector
    assert (low, high) == pytest.approx((-2.8373, 2.8373), abs=1e-3)
    behind = torch.tensor([[0.45, -0.18, math.pi / 2, 0.36], [0.45, 0.02, math.pi / 2, 0.2],
                           [0.45, 0.16, math.pi / 2, 0.15]])
    allowed = PushFeasibility(SceneConfig(stand=stand), CONFIG, reached)(behind)
    assert allowed.tolist() == [False, False, True]


def test_the_sector_never_bites_at_the_usual_table(feasibility: PushFeasibility) -> None:
    pushes = uniform_pushes(2000, torch.Generator().manual_seed(0), SCENE, CONFIG)
    around = replace(feasibility.reach, sector=(-math.pi, math.pi))
    assert feasibility(pushes).equal(PushFeasibility(SCENE, CONFIG, around)(pushes))


def test_an_arm_too_short_to_lower_its_tool_is_refused() -> None:
    robot = RobotFile.read('panda')
    high = ArmModel(load_urdf(robot).replace('"0 0 0.333"', '"0 0 1.6"'), robot)
    with pytest.raises(RobotError, match='panda cannot hold the tool upright 0.120 m above'):
        reach(high)
