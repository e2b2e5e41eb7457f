import torch

from foresight.costs.goal_energy import GoalEnergy
from foresight.costs.goal_reach import GoalReach


def thing(column):
    """A latent with one thing in it."""
    latent = torch.zeros(2, 8, 16)
    latent[:, 3:5, column:column + 2] = 1.0
    return latent


def test_the_goal_itself_costs_nothing():
    assert GoalReach(thing(3)).score(thing(3)[None])[0] == 0.0


def test_a_thing_costs_less_the_nearer_it_is_even_where_cells_do_not_overlap():
    away = torch.stack([thing(column) for column in (2, 4, 6, 8, 10, 12)])
    assert (GoalReach(thing(0)).score(away).diff() > 0.0).all()
    assert (GoalEnergy(thing(0)).score(away).diff() == 0.0).all()
