"""Claims about pushes of one object alone."""

import numpy as np
import pytest

from foresight.actions.push.action import Push
from foresight.actions.push.macro_action import PushAction
from foresight.actions.push.single import SinglePush
from foresight.robots.arm import ArmModel
from foresight.robots.joint_level import JointLevelConfig
from foresight.settings import SceneConfig

SIZE = 0.05


def cubes(positions: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Positions and extents of cubes on the table."""
    return positions, np.full((len(positions), 3), SIZE)


@pytest.fixture(scope='module')
def single() -> SinglePush:
    arm = ArmModel.load()
    feasible = PushAction(SceneConfig()).feasible(arm, JointLevelConfig())
    return SinglePush(SceneConfig(), feasible, arm.tool)


@pytest.mark.parametrize('seed', range(5))
def test_it_starts_behind_its_object_and_spares_the_other(single, seed):
    positions, extents = cubes(np.array([[0.42, -0.1, 0.02], [0.55, 0.1, 0.02]]))
    push = Push.from_array(single(positions, extents, 0, np.random.default_rng(seed)))
    forward = np.array([np.cos(push.heading), np.sin(push.heading)])
    start = np.array([push.x, push.y])
    mine, other = positions[:, :2] - start
    assert abs(mine[0] * forward[1] - mine[1] * forward[0]) < 1e-9
    assert SIZE / 2 < mine @ forward < push.length
    aside = abs(other[0] * forward[1] - other[1] * forward[0])
    assert aside > 0.12 or not -0.12 <= other @ forward <= push.length + 0.12
    assert single.on_table(np.array([push.end]))[0]


def test_there_is_none_where_objects_stand_too_close(single):
    crowd = np.array([[0.475 + dx, dy, 0.02] for dx in (-0.07, 0.0, 0.07) for dy in (
        -0.07, 0.0, 0.07)])
    assert single(*cubes(crowd), 4, np.random.default_rng(0)) is None
