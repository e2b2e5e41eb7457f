"""Pushes and random pushes."""

import math

import pytest
import torch

from foresight.actions.push.action import Push, in_action_box, push_ends, uniform_pushes
from foresight.actions.push.settings import PushConfig
from foresight.errors import RobotError
from foresight.settings import SceneConfig

SCENE, CONFIG = SceneConfig(), PushConfig()


def test_array_round_trip() -> None:
    push = Push(0.4, -0.1, 0.5, 0.2)
    assert Push.from_array(push.array()) == push


def test_end_lies_along_the_heading() -> None:
    assert Push(0.4, 0.0, math.pi / 2, 0.2).end == pytest.approx((0.4, 0.2))


@pytest.mark.parametrize('length', [0.0, -0.1, math.nan])
def test_impossible_length_is_refused(length: float) -> None:
    with pytest.raises(RobotError, match='positive length'):
        Push(0.4, 0.0, 0.0, length)


def test_uniform_pushes_are_inside_the_box_in_every_heading() -> None:
    pushes = uniform_pushes(500, torch.Generator().manual_seed(0), SCENE, CONFIG)
    assert pushes.shape == (500, 4)
    assert bool(in_action_box(pushes, SCENE, CONFIG, 0.0).all())
    assert torch.histc(pushes[:, 2], 8, -math.pi, math.pi).min() > 20


def test_uniform_pushes_repeat_for_a_seed() -> None:
    first, second = (
        uniform_pushes(9, torch.Generator().manual_seed(3), SCENE, CONFIG) for _ in range(2)
    )
    torch.testing.assert_close(first, second, rtol=0.0, atol=0.0)


def test_batched_ends_equal_single_ends() -> None:
    pushes = uniform_pushes(5, torch.Generator().manual_seed(1), SCENE, CONFIG)
    expected = torch.tensor([Push.from_array(push).end for push in pushes])
    torch.testing.assert_close(push_ends(pushes), expected)


def test_paddle_stays_clear_of_the_raised_bin_walls() -> None:
    half_width, half_depth = 0.06, 0.02
    corner = math.hypot(half_width, half_depth)
    outermost = SCENE.table_y[1] + max(CONFIG.start_margin, CONFIG.end_margin) + corner
    assert outermost < SCENE.zones[0].y[0] + SCENE.bin_wall_start
