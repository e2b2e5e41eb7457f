import math

import torch

from foresight.planning.action_space import ActionSpace
from foresight.planning.optimizers.mixture import EliteMixture, refit

SPACE = ActionSpace(noise=(0.1, 0.1), jitter=(0.0, 0.0), angles=(1,))


def test_refit_keeps_the_cheapest_first():
    actions = torch.arange(10.0).reshape(10, 1, 1).repeat(1, 1, 2)
    mixture = refit(actions, torch.arange(10.0).flip(0), 3, SPACE)
    assert mixture.costs.tolist() == [0.0, 1.0, 2.0]
    assert torch.equal(mixture.actions, actions[[9, 8, 7]])


def test_refit_drops_a_dearer_twin():
    actions = torch.tensor([[[0.0, 0.0]], [[0.01, 0.0]], [[0.5, 0.0]]])
    mixture = refit(actions, torch.tensor([0.0, 1.0, 2.0]), 3, SPACE)
    assert mixture.costs.tolist() == [0.0, 2.0]


def test_refit_sees_that_angles_wrap():
    actions = torch.tensor([[[0.0, math.pi - 0.01]], [[0.0, 0.01 - math.pi]]])
    assert len(refit(actions, torch.tensor([0.0, 1.0]), 2, SPACE).costs) == 1


def test_refit_leaves_out_costs_that_are_not_finite():
    actions = torch.tensor([[[0.0, 0.0]], [[1.0, 0.0]], [[2.0, 0.0]]])
    mixture = refit(actions, torch.tensor([math.nan, math.inf, 3.0]), 3, SPACE)
    assert mixture.costs.tolist() == [3.0]


def test_cheap_components_are_drawn_more_often():
    mixture = EliteMixture(torch.tensor([[[0.0]], [[1.0]]]), torch.tensor([0.0, 1.0]))
    drawn = mixture.draw(1000, 0.5, torch.Generator().manual_seed(0))
    assert 0.0 < drawn.mean() < 0.2
    assert torch.isclose(mixture.weights(0.5).sum(), torch.tensor(1.0))


def test_equal_costs_are_drawn_alike():
    mixture = EliteMixture(torch.zeros(4, 1, 1), torch.ones(4))
    assert torch.allclose(mixture.weights(0.5), torch.full((4,), 0.25))
