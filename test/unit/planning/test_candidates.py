import math

import pytest
import torch

from foresight.errors import PlanningError
from foresight.planning.action_space import ActionSpace
from foresight.planning.candidates import BlendedSampler, Candidates

SPACE = ActionSpace(noise=(0.1, 0.1), jitter=(0.0, 0.0), angles=(1,))


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def uniform(count, generator):
    return 2 * torch.rand(count, 2, generator=generator) - 1


def candidates(*guardrails, sampler=uniform):
    return Candidates(sampler, guardrails, SPACE)


def test_fresh_draws_are_feasible_and_as_many_as_asked(linear):
    box = linear.Box((0.5, 0.5), (0.6, 0.6))
    drawn = candidates(box).fresh(100, generator())
    assert drawn.shape == (100, 2)
    assert box(drawn).all()


def test_too_few_feasible_draws_are_repeated(linear):
    only = linear.Box((0.0, 0.0), (0.03, 0.03))
    drawn = candidates(only).fresh(500, generator())
    assert len(drawn) == 500
    assert only(drawn).all()
    assert len(drawn.unique(dim=0)) < 500


def test_the_strictest_guardrail_is_named(linear):
    wide = linear.Box((-1.0, -1.0), (1.0, 1.0))
    impossible = linear.Box((2.0, 2.0), (3.0, 3.0), 'far')
    with pytest.raises(PlanningError, match="'far'"):
        candidates(wide, impossible).fresh(10, generator())


def test_a_sampler_of_nan_is_an_error():
    with pytest.raises(PlanningError, match='not finite'):
        candidates(sampler=lambda count, _: torch.full((count, 2), math.nan)).fresh(5, generator())


def test_perturbed_copies_stay_feasible_at_the_edge(linear):
    box = linear.Box((-0.5, -0.5), (0.5, 0.5))
    centres = torch.full((200, 3, 2), 0.5)
    moved = candidates(box).perturb(centres, torch.tensor([0.1, 0.1]), generator())
    assert box(moved.reshape(-1, 2)).all()
    assert (moved != centres).any(dim=-1).all()


def test_perturbed_angles_wrap():
    centres = torch.full((200, 1, 2), math.pi - 0.01)
    moved = candidates().perturb(centres, torch.tensor([0.1, 0.1]), generator())
    assert (moved[..., 1].abs() <= math.pi).all()
    assert (moved[..., 1] < 0).any()


def test_a_blend_holds_its_share_in_any_order():
    blend = BlendedSampler(
        lambda count, _: torch.zeros(count, 2), lambda count, _: torch.ones(count, 2), 0.25,
    )
    drawn = blend(400, generator())
    assert drawn[:, 0].sum() == 100
    assert 0 < drawn[:200, 0].sum() < 100


@pytest.mark.parametrize('share', [0.0, 1.0])
def test_a_blend_may_be_all_of_one_kind(share):
    blend = BlendedSampler(
        lambda count, _: torch.zeros(count, 2), lambda count, _: torch.ones(count, 2), share,
    )
    assert (blend(7, generator()) == share).all()
