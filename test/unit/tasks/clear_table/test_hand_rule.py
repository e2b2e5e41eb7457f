"""Claims about the rule that sees true poses."""

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from foresight.actions.push.action import in_action_box
from foresight.actions.push.macro_action import PushAction
from foresight.actions.push.settings import PushConfig
from foresight.actions.push.toward_bin import TowardBin
from foresight.protocols import CameraView, Observation
from foresight.robots.tool import Tool
from foresight.settings import SIDES, SceneConfig
from foresight.tasks.clear_table.hand_rule import HandRule, footprints
from foresight.tasks.scene_view import ObjectStates, SceneView
from foresight.zone_frame import ZoneFrame

SCENE, PUSH = SceneConfig(), PushConfig()
PADDLE = Tool(width=0.12, depth=0.04, face=0.005)
# x, y, heading, length and value of what is chosen in ten usual scenes.
USUAL = (
    (0.5653218874814671, -0.059704922018939566, 1.5707963267948966, 0.36, 2.921411266634561),
    (0.4277709742184276, -0.11850030320998471, 1.4707963267948965, 0.36, 0.5194607633108754),
    (0.5021570870983116, 0.050812561942838896, 1.9707963267948965, 0.3009436289908644,
     1.8349040041260318),
    (0.33925858969344463, 0.05882336115757454, 1.0707963267948966, 0.30672514533857714,
     1.9453052298681082),
    (0.35893516799635933, 0.12971447604116468, 1.0707963267948966, 0.22594515042745922,
     1.8327337559782937),
    (0.5943028290235831, -0.05910387920462683, 1.5707963267948966, 0.36, 1.8005772980406223),
    (0.42568940206178285, 0.03389913598745929, 1.5707963267948966, 0.29410086401254065, 1.0),
    (0.597405161362709, 0.07697928099836966, 1.6707963267948966, 0.25228107354856116,
     2.8899025037370603),
    (0.38622071918225004, 0.0937286980113097, 1.5707963267948966, 0.23427130198869026, 1.0),
    (0.4118281471065166, -0.05017634426420877, 1.2707963267948965, 0.36, 1.8318030642576364),
)


class Anywhere:
    """Every action inside the action box."""

    name = 'anywhere'

    def __init__(self, scene=SCENE):
        self.scene = scene

    def __call__(self, actions):
        return in_action_box(actions, self.scene, PUSH)


def random_objects(seed: int) -> ObjectStates:
    generator = np.random.default_rng(seed)
    count = int(generator.integers(1, 7))
    low, high = np.transpose([SCENE.table_x, SCENE.table_y])
    places = generator.uniform([*low + 0.03, 0.02], [*high - 0.03, 0.02], (count, 3))
    return ObjectStates(
        ('',) * count, places, Rotation.random(count, random_state=seed).as_quat(),
        generator.uniform(0.02, 0.08, (count, 3)), ('table',) * count, (False,) * count,
    )


def see(*places: tuple[float, float], status: str = 'table', size: float = 0.04) -> SceneView:
    count = len(places)
    positions = np.column_stack([np.reshape(places, (count, 2)), np.full(count, size / 2)])
    states = ObjectStates(
        tuple(str(index) for index in range(count)), positions,
        np.tile([0.0, 0.0, 0.0, 1.0], (count, 1)), np.full((count, 3), size), (status,) * count,
        (False,) * count,
    )
    return show(states)


def show(states: ObjectStates) -> SceneView:
    image = np.zeros((2, 2, 3), np.uint8)
    view = CameraView(np.eye(3), np.eye(4), 2, 2)
    return SceneView(Observation(image, view, 0.0), image, states)


def rule(scene: SceneConfig = SCENE) -> HandRule:
    return HandRule(PushAction(scene, PUSH), Anywhere(scene), PADDLE)


def act(*places: tuple[float, float], scene: SceneConfig = SCENE) -> np.ndarray:
    plan = rule(scene).decide(see(*places)).plan
    assert plan is not None
    return plan.actions[0].numpy()


def path(push: np.ndarray) -> np.ndarray:
    x, y, heading, length = push
    return np.array([[x, y], [x + length * np.cos(heading), y + length * np.sin(heading)]])


@pytest.mark.parametrize(('seed', 'known'), list(enumerate(USUAL)))
def test_usual_scenes_are_judged_as_they_were(seed: int, known: tuple[float, ...]) -> None:
    plan = rule().choose(show(random_objects(seed)))
    assert plan is not None
    assert (*plan.actions[0].tolist(), -plan.cost) == pytest.approx(known, rel=1e-12)


@pytest.mark.parametrize('side', SIDES)
def test_pushes_an_object_into_a_bin_at_any_side(side: str) -> None:
    scene = SceneConfig(bins=(side,), table_middle=0.05)
    frame = ZoneFrame(scene, scene.zones[0])
    place = frame.back(np.array([np.mean(frame.sides), frame.ends[1] - 0.15]))
    (_, start), (_, end) = frame.turned(path(act(tuple(place), scene=scene)))
    assert start < frame.ends[1] - 0.15 and end > frame.ends[1]


def test_pushes_to_the_bin_that_is_nearer() -> None:
    scene = SceneConfig(bins=('left', 'right'))
    for sign in (1.0, -1.0):
        start, end = path(act((0.475, sign * 0.18), scene=scene))
        assert sign * (end - start)[1] > 0.1 and sign * end[1] > 0.3


def test_never_pushes_around_the_corner_of_two_bins() -> None:
    scene = SceneConfig(bins=('left', 'far'))
    _, end = path(act((0.594, 0.234), (0.464, 0.084), scene=scene))
    assert end[0] < 0.63 or end[1] < 0.27


def test_what_is_beside_the_opening_is_first_pushed_before_it() -> None:
    scene = SceneConfig(bin_span=(0.4, 1.0))
    start, end = path(act((0.36, 0.2), scene=scene))
    assert start[0] < 0.33 and end[1] < 0.3 and scene.zones[0].x[0] < end[0] + 0.025


def test_what_leaves_the_table_beside_the_opening_is_not_cleared() -> None:
    scene = SceneConfig(bins=('far',), bin_span=(0.25, 0.75))
    push = np.array([[0.53, 0.26, -0.7, 0.2]])  # comes in line with the bin beyond the edge
    (zone,), objects = scene.zones, footprints(see((0.60, 0.20)).objects)
    whole = SceneConfig(bins=('far',))
    part, all_of_it = (
        TowardBin(PushAction(config, PUSH), PADDLE, config.zones[0]).values(push, objects)[0]
        for config in (scene, whole)
    )
    assert zone.y[1] < 0.16 and all_of_it > 0.8 and part < 0.0


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
    assert rule().decide(see((0.45, 0.4), status='bin')).done


def test_reach_follows_the_orientation() -> None:
    states = ObjectStates(
        ('0',), np.array([[0.4, 0.0, 0.02]]), np.array([[0.0, 0.0, np.sqrt(0.5), np.sqrt(0.5)]]),
        np.array([[0.06, 0.02, 0.03]]), ('table',), (False,),
    )
    along_x = footprints(states).reach(np.array([[1.0, 0.0]]))
    assert along_x == pytest.approx(np.array([[0.01]]), abs=1e-9)
