"""Claims about the rule that sees true poses."""

import numpy as np
import pytest

from foresight.actions.push.action import in_action_box
from foresight.actions.push.macro_action import PushAction
from foresight.actions.push.settings import PushConfig
from foresight.protocols import CameraView, Observation
from foresight.robots.tool import Tool
from foresight.settings import SceneConfig
from foresight.tasks.clear_table.hand_rule import HandRule, footprints
from foresight.tasks.scene_view import ObjectStates, SceneView

SCENE, PUSH = SceneConfig(), PushConfig()
PADDLE = Tool(width=0.12, depth=0.04, face=0.005)


class Anywhere:
    """Every action inside the action box."""

    name = 'anywhere'

    def __call__(self, actions):
        return in_action_box(actions, SCENE, PUSH)


def see(*places: tuple[float, float], status: str = 'table', size: float = 0.04) -> SceneView:
    count = len(places)
    positions = np.column_stack([np.reshape(places, (count, 2)), np.full(count, size / 2)])
    states = ObjectStates(
        tuple(str(index) for index in range(count)), positions,
        np.tile([0.0, 0.0, 0.0, 1.0], (count, 1)), np.full((count, 3), size), (status,) * count,
        (False,) * count,
    )
    image = np.zeros((2, 2, 3), np.uint8)
    view = CameraView(np.eye(3), np.eye(4), 2, 2)
    return SceneView(Observation(image, view, 0.0), image, states)


def act(*places: tuple[float, float]) -> np.ndarray:
    plan = HandRule(PushAction(SCENE, PUSH), Anywhere(), PADDLE).decide(see(*places)).plan
    assert plan is not None
    return plan.actions[0].numpy()


def test_pushes_a_near_object_over_the_bin_edge() -> None:
    x, y, heading, length = act((0.47, 0.15))
    assert y < 0.15
    assert y + length * np.sin(heading) > SCENE.table_y[1]
    assert abs(x + (0.15 - y) / np.tan(heading) - 0.47) < 0.02


def test_uses_the_longest_push_for_a_far_object() -> None:
    assert act((0.47, -0.24))[3] == pytest.approx(PUSH.length_high)


def test_never_lands_on_another_object() -> None:
    x, y, heading, _ = act((0.45, 0.0), (0.45, -0.09))
    forward = np.array([np.cos(heading), np.sin(heading)])
    for place in ((0.45, 0.0), (0.45, -0.09)):
        offset = np.array(place) - (x, y)
        along, across = offset @ forward, offset @ (-forward[1], forward[0])
        assert abs(along) > 0.04 or abs(across) > 0.08


@pytest.mark.parametrize(('x', 'sign'), [(0.34, 1.0), (0.61, -1.0)])
def test_steers_away_from_the_near_and_far_edge(x: float, sign: float) -> None:
    heading = act((x, -0.1))[2]
    assert sign * np.cos(heading) >= -1e-9


def test_has_nothing_to_do_on_a_clear_table() -> None:
    rule = HandRule(PushAction(SCENE, PUSH), Anywhere(), PADDLE)
    assert rule.decide(see((0.45, 0.4), status='bin')).done


def test_reach_follows_the_orientation() -> None:
    states = ObjectStates(
        ('0',), np.array([[0.4, 0.0, 0.02]]), np.array([[0.0, 0.0, np.sqrt(0.5), np.sqrt(0.5)]]),
        np.array([[0.06, 0.02, 0.03]]), ('table',), (False,),
    )
    along_x = footprints(states).reach(np.array([[1.0, 0.0]]))
    assert along_x == pytest.approx(np.array([[0.01]]), abs=1e-9)
