import math

import pytest
import torch

from foresight.actions.push.action import in_action_box, push_ends
from foresight.actions.push.sampler import AimedSampler, PushSampler
from foresight.actions.push.settings import PushConfig
from foresight.errors import PlanningError
from foresight.settings import SceneConfig
from foresight.world_model.encoder import EncoderConfig

SCENE, PUSH, GRID = SceneConfig(), PushConfig(), EncoderConfig().grid


class InBox:
    name = 'box'

    def __call__(self, actions):
        return in_action_box(actions, SCENE, PUSH)


class Northward(InBox):
    name = 'northward'

    def __call__(self, actions):
        return super().__call__(actions) & (actions[:, 2].abs() < 0.5)


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def one_cell(row, column, grid=GRID):
    weights = torch.zeros(grid)
    weights[row, column] = 1.0
    return weights


def distance_to_path(pushes, point):
    """Distance of a point from each push's swept line [m]."""
    direction = push_ends(pushes) - pushes[:, :2]
    along = ((point - pushes[:, :2]) * direction).sum(1) / direction.square().sum(1)
    nearest = pushes[:, :2] + along.clamp(0.0, 1.0)[:, None] * direction
    return (nearest - point).norm(dim=1)


def test_uniform_pushes_satisfy_the_guardrail():
    pushes = PushSampler(SCENE, PUSH, Northward())(500, generator())
    assert pushes.shape == (500, 4)
    assert Northward()(pushes).all()


def test_aimed_pushes_satisfy_the_guardrail():
    pushes = AimedSampler(SCENE, PUSH, Northward(), torch.ones(GRID))(500, generator())
    assert pushes.shape == (500, 4)
    assert Northward()(pushes).all()


def test_aimed_pushes_pass_over_the_heavy_cell():
    weights = one_cell(8, 14)  # Its centre is x = 0.475, y = -0.025.
    pushes = AimedSampler(SCENE, PUSH, InBox(), weights)(500, generator())
    centre = torch.tensor([0.475, -0.025])
    assert (distance_to_path(pushes, centre) < 0.05).all()
    start = (pushes[:, :2] - centre).norm(dim=1)
    assert (start > 0.0).all() and (start < 0.12).all()


def test_aimed_pushes_have_any_heading():
    headings = AimedSampler(SCENE, PUSH, InBox(), one_cell(8, 12))(2000, generator())[:, 2]
    counts = torch.histc(headings, 8, -math.pi, math.pi)
    assert counts.min() > 100


def test_heavier_cells_are_aimed_at_more_often():
    weights = 3 * one_cell(8, 10) + one_cell(8, 15)
    pushes = AimedSampler(SCENE, PUSH, InBox(), weights)(2000, generator())
    left = (pushes[:, 1] > 0.05).float().mean()
    assert 0.6 < left < 0.9


def test_weights_off_the_table_are_ignored():
    weights = one_cell(8, 14) + 1000 * one_cell(15, 23)
    pushes = AimedSampler(SCENE, PUSH, InBox(), weights)(200, generator())
    assert (distance_to_path(pushes, torch.tensor([0.475, -0.025])) < 0.05).all()


def test_an_empty_map_aims_anywhere_on_the_table():
    pushes = AimedSampler(SCENE, PUSH, InBox(), torch.zeros(GRID))(1000, generator())
    assert pushes[:, 0].std() > 0.05 and pushes[:, 1].std() > 0.1


def test_a_pixel_map_is_as_good_as_a_latent_map():
    encoder = EncoderConfig()
    weights = one_cell(34, 58, (encoder.rows, encoder.columns))
    pushes = AimedSampler(SCENE, PUSH, InBox(), weights)(200, generator())
    centre = torch.tensor([0.90 - 34.5 * 0.0125, 0.70 - 58.5 * 0.0125])
    assert (distance_to_path(pushes, centre) < 0.01).all()


@pytest.mark.parametrize('make', [
    lambda: PushSampler(SCENE, PUSH, InBox()),
    lambda: AimedSampler(SCENE, PUSH, InBox(), torch.ones(GRID)),
])
def test_the_same_seed_gives_the_same_pushes(make):
    assert torch.equal(make()(50, generator(3)), make()(50, generator(3)))
    assert not torch.equal(make()(50, generator(3)), make()(50, generator(4)))


def test_an_impossible_guardrail_is_named():
    class Never(InBox):
        name = 'never'

        def __call__(self, actions):
            return torch.zeros(len(actions), dtype=torch.bool)

    with pytest.raises(PlanningError, match="'never'"):
        AimedSampler(SCENE, PUSH, Never(), torch.ones(GRID))(5, generator())
