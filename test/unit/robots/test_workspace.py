"""Claims about what the arm must not run into."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foresight.errors import RobotError
from foresight.robots.arm import ArmModel
from foresight.robots.kinematics import InverseKinematics
from foresight.robots.shape import ArmShape
from foresight.robots.tool_path import vertical_poses
from foresight.robots.workspace import ZONE_HEIGHT, Breach, Workspace
from foresight.settings import SceneConfig

Make = Callable[..., Path]
ROBOTS = ('panda', 'ur5e', 'xarm6')
PANDA = ArmModel.load('panda')
SCENE = SceneConfig()
HIGH = (-1.0, 1.0, -1.0, 1.0, -0.5, 2.0)


def over(arm: ArmModel, x: float, y: float, z: float) -> np.ndarray:
    """Joints that hold the tool upright there [m]."""
    pose = vertical_poses(np.array([x]), np.array([y]), np.array([z]), np.array([0.0]))[0]
    return InverseKinematics(arm, 0.02).reach(pose, np.array(arm.retract))


@pytest.mark.parametrize('robot', ROBOTS)
def test_nothing_is_broken_at_retract_and_where_a_push_sweeps(robot: str) -> None:
    arm = ArmModel.load(robot)
    workspace = Workspace(arm, SCENE)
    assert workspace.breaches(arm.retract) == ()
    assert workspace.breaches(over(arm, 0.5, 0.1, 0.004)) == ()


@pytest.mark.parametrize('robot', ROBOTS)
def test_a_tool_in_the_table_is_named_with_its_depth(robot: str) -> None:
    arm = ArmModel.load(robot)
    (breach,) = {
        (breach.boundary, breach.part)
        for breach in Workspace(arm, SCENE).breaches(over(arm, 0.5, 0.1, -0.037))
    }
    assert breach == ('the table', 'tool0')
    found = Workspace(arm, SCENE).breach(over(arm, 0.5, 0.1, -0.037), arm.retract)
    assert found is not None and found.depth == pytest.approx(0.037, abs=2e-4)


def test_the_table_ends_at_its_edge_and_begins_at_the_margin() -> None:
    assert Workspace(PANDA, SCENE).breaches(over(PANDA, 0.5, 0.42, -0.02)) == ()
    low = over(PANDA, 0.5, 0.1, 0.004)
    assert Workspace(PANDA, SCENE, 0.003).breaches(low) == ()
    assert Workspace(PANDA, SCENE, 0.005).breaches(low) != ()


def test_a_stand_moves_the_arm_and_the_table_stays() -> None:
    scene = SceneConfig(stand=(-0.04, 0.03, -0.04, -0.15))
    arm = ArmModel.load('panda', scene.stand)
    workspace = Workspace(arm, scene)
    assert workspace.breaches(over(arm, 0.45, 0.0, 0.004)) == ()
    found = workspace.breach(over(arm, 0.45, 0.0, -0.01), arm.retract)
    assert found is not None and found.depth == pytest.approx(0.01, abs=2e-4)


@settings(deadline=None, max_examples=60)
@given(shares=st.lists(st.floats(0.0, 1.0), min_size=7, max_size=7))
def test_a_shape_whose_point_is_in_the_table_is_found(shares: list[float]) -> None:
    span = PANDA.position_high - PANDA.position_low
    positions = PANDA.position_low + np.array(shares) * span
    points = np.vstack(ArmShape(PANDA).hulls(positions)[2:])  # the base stands still
    inside = (points[:, 2] < -2e-3) & (points[:, 2] > -0.4)
    for axis, (low, high) in enumerate((SCENE.table_x, SCENE.table_y)):
        inside &= (points[:, axis] > low + 2e-3) & (points[:, axis] < high - 2e-3)
    found = {breach.boundary for breach in Workspace(PANDA, SCENE).breaches(positions)}
    assert not inside.any() or 'the table' in found


def test_a_zone_reaches_up_from_the_table_and_the_arm_passes_above(make_robot: Make) -> None:
    arm = ArmModel.load(make_robot(keep_out={'glass': [0.45, 0.55, 0.05, 0.15]}))
    workspace = Workspace(arm, SCENE)
    within = workspace.breaches(over(arm, 0.5, 0.1, ZONE_HEIGHT - 0.02))
    assert {breach.boundary for breach in within} == {'the zone glass'}
    assert workspace.breaches(over(arm, 0.5, 0.1, ZONE_HEIGHT + 0.01)) == ()


@pytest.mark.parametrize(('side', 'name'), [
    (0, 'low x'), (1, 'high x'), (2, 'low y'), (3, 'high y'), (4, 'low z'), (5, 'high z'),
])
def test_all_that_moves_stays_in_the_workspace(make_robot: Make, side: int, name: str) -> None:
    hulls = np.vstack(ArmShape(PANDA).hulls(PANDA.retract)[2:])
    ends = np.stack([hulls.min(axis=0), hulls.max(axis=0)], axis=1).ravel()
    box = list(HIGH)
    box[side] = float(ends[side]) + (0.02 if side % 2 else -0.02)
    workspace = Workspace(ArmModel.load(make_robot(workspace=box)), SCENE)
    generator = np.random.default_rng(side)
    span = PANDA.position_high - PANDA.position_low
    names = set()
    for _ in range(200):
        positions = PANDA.position_low + generator.random(7) * span
        found = {breach.boundary for breach in workspace.breaches(positions)}
        lowest = np.vstack(ArmShape(PANDA).hulls(positions)[2:])
        edge = lowest[:, side // 2].max() if side % 2 else -lowest[:, side // 2].min()
        beyond = edge - (box[side] if side % 2 else -box[side])
        named = f'the end of the workspace at {name}' in found
        assert named or beyond < 5e-3  # the hulls are a little larger than the shapes
        assert not named or beyond > 0.0
        names |= found
    assert f'the end of the workspace at {name}' in names


@pytest.mark.parametrize(('robot', 'folded', 'named'), [
    ('panda', [-1.6, -0.4, -2.6, -2.9, 0.3, 1.7, 0.5], ('tool0', 'link1')),
    ('ur5e', [-2.0, -1.1, -2.9, -0.5, 4.9, -5.2], ('forearm_link', 'shoulder_link')),
    ('xarm6', [-4.5, 1.2, -0.4, -0.3, -0.6, -4.8], ('link4', 'base_link')),
])
def test_an_arm_folded_onto_itself_is_found(
    robot: str, folded: list[float], named: tuple[str, str],
) -> None:
    arm = ArmModel.load(robot)
    found = Workspace(arm, SCENE).breaches(np.array(folded))
    assert named in {(breach.part, breach.boundary) for breach in found}


@pytest.mark.parametrize(('change', 'message'), [
    ({'workspace': [-1.0, 1.0, -1.0, 1.0, 0.3, 1.5]}, 'end of the workspace at low z'),
    ({'workspace': [-1.0, 0.2, -1.0, 1.0, -1.0, 1.5]}, 'end of the workspace at high x'),
])
def test_an_arm_that_rests_in_a_boundary_is_refused(
    make_robot: Make, change: dict[str, list[float]], message: str,
) -> None:
    with pytest.raises(RobotError, match=f'at retract, .* mm in the {message}: change retract'):
        Workspace(ArmModel.load(make_robot(**change)), SCENE)


def test_an_arm_without_shapes_is_refused(make_robot: Make, panda_urdf: str) -> None:
    bare = panda_urdf.replace('<collision>', '<ignored>').replace('</collision>', '</ignored>')
    with pytest.raises(RobotError, match='panda has no <collision> that moves'):
        Workspace(ArmModel.load(make_robot(urdf=bare)), SCENE)


def test_a_boundary_that_is_broken_may_be_left_but_not_broken_further() -> None:
    workspace = Workspace(PANDA, SCENE)
    deep, deeper = (over(PANDA, 0.5, 0.1, height) for height in (-0.01, -0.02))
    assert workspace.breach(deep, deeper) is None
    assert workspace.breach(deep, deep) is None
    worse = workspace.breach(deeper, deep)
    assert isinstance(worse, Breach) and worse.boundary == 'the table'
