import torch

from foresight.costs.goal_energy import GoalEnergy, RegionConfig, region_weights
from foresight.settings import SceneConfig
from foresight.world_model.encoder import EncoderConfig
from foresight.world_model.scene_map import cell_centres


def goal(seed=0):
    return torch.randn(3, 4, 6, generator=torch.Generator().manual_seed(seed))


def weigh(regions):
    centres = cell_centres(SceneConfig(), EncoderConfig().grid)
    return region_weights(SceneConfig(), centres, regions)


def test_energy_is_zero_at_the_goal_only():
    energy = GoalEnergy(goal())
    scores = energy.score(torch.stack([goal(), goal(1)]))
    assert scores[0] == 0.0
    assert scores[1] > 0.0


def test_energy_grows_with_distance():
    scores = GoalEnergy(goal()).score(torch.stack([goal() + step for step in (0.1, 0.5, 2.0)]))
    assert (scores.diff() > 0).all()


def test_cells_without_weight_do_not_count():
    weights = torch.ones(4, 6)
    weights[0] = 0.0
    elsewhere = goal()
    elsewhere[:, 0] += 1.0
    assert GoalEnergy(goal(), weights).score(elsewhere[None])[0] == 0.0
    assert GoalEnergy(goal(), 1 - weights).score(elsewhere[None])[0] > 0.0


def test_the_scale_of_the_weights_does_not_matter():
    latents = goal(1)[None]
    one, many = (GoalEnergy(goal(), torch.full((4, 6), w)).score(latents) for w in (1.0, 50.0))
    assert torch.allclose(one, many)


def test_distances_show_which_cell_differs():
    latent = goal()
    latent[:, 2, 3] += 1.0
    distances = GoalEnergy(goal()).distances(latent[None])[0]
    assert distances.nonzero().tolist() == [[2, 3]]


def test_distances_sum_to_the_score():
    energy = GoalEnergy(goal(), torch.rand(4, 6, generator=torch.Generator().manual_seed(0)))
    latents = torch.stack([goal(1), goal(2)])
    assert torch.allclose(energy.distances(latents).sum(dim=(1, 2)), energy.score(latents))


def test_every_region_has_its_weight():
    weights = weigh(RegionConfig(table=1.0, floor=2.0, bin=0.5))
    assert weights.shape == (16, 24)
    assert weights[15, 23] == 2.0  # near right corner of the view: floor
    assert weights[8, 14] == 1.0  # x = 0.475, y = -0.025: table
    assert weights[8, 6] == 0.5  # x = 0.475, y = 0.375: bin


def test_the_margin_widens_the_bin_on_every_side():
    without, within = (weigh(RegionConfig(bin=0.0, bin_margin=m)) == 0.0 for m in (0.0, 0.05))
    grown = torch.nn.functional.max_pool2d(without[None].float(), 3, 1, 1)[0] > 0
    assert torch.equal(within, grown)
