import pytest
import torch

from foresight.actions.push.macro_action import PushAction
from foresight.actions.push.settings import PushConfig
from foresight.tasks.clear_table.cost_head import (
    FLOOR,
    TABLE,
    CostHead,
    Dropped,
    Occupancy,
    Progress,
    Remaining,
    cost_loss,
    label_maps,
)
from foresight.world_model.encoder import EncoderConfig

ENCODER = EncoderConfig()


def make_head() -> CostHead:
    """Build a head for a table that fills the left half."""
    scene_map = torch.zeros(2, *ENCODER.grid)
    scene_map[0, :, :12] = 1.0
    return CostHead(16, scene_map)


def labels(*objects: tuple[float, float, float]) -> torch.Tensor:
    """Draw objects given by row, column and status."""
    return label_maps(torch.tensor([objects]), ENCODER.grid, ENCODER.stride)


def progress() -> Progress:
    """Build the term with the default scene."""
    return Progress(Occupancy(make_head()), ENCODER, PushAction())


def test_each_object_counts_once_wherever_it_lies():
    maps = labels((20.3, 41.8, 1.0), (33.0, 10.0, 1.0), (50.0, 80.0, 2.0))
    assert maps[0, TABLE].sum() == pytest.approx(2.0, abs=1e-5)
    assert maps[0, FLOOR].sum() == pytest.approx(1.0, abs=1e-5)


def test_objects_in_the_bin_or_absent_are_not_drawn():
    assert labels((20.0, 20.0, 3.0), (0.0, 0.0, 0.0)).sum() == 0.0


def test_object_at_a_cell_centre_fills_that_cell():
    maps = labels((4 * 5 + 1.5, 4 * 7 + 1.5, 1.0))
    assert maps[0, TABLE, 5, 7] == 1.0


def test_untrained_head_expects_few_objects():
    maps = Occupancy(make_head())(torch.randn(1, 16, 16, 24))
    assert 1.0 < maps[:, TABLE].sum() < 5.0


def test_terms_count_true_maps():
    occupancy = Occupancy(make_head())
    maps = labels((20.0, 41.0, 1.0), (33.0, 20.0, 1.0), (50.0, 80.0, 2.0))
    assert Remaining(occupancy, ENCODER).weigh(maps).item() == pytest.approx(2.0, abs=1e-5)
    assert Dropped(occupancy, ENCODER).weigh(maps).item() == pytest.approx(1.0, abs=1e-5)


def test_progress_falls_on_the_way_to_the_bin_and_ignores_the_floor():
    far, near, floor = (
        progress().weigh(labels((30.0, column, status))).item()
        for column, status in ((70.0, 1.0), (50.0, 1.0), (70.0, 2.0))
    )
    assert far - near == pytest.approx(20 * 0.0125 / PushConfig().length_high, rel=0.05)
    assert near > 0.0
    assert floor == 0.0


def test_terms_share_one_evaluation_of_the_head():
    head, calls = make_head(), []
    head.register_forward_hook(lambda *_: calls.append(1))
    occupancy, latents = Occupancy(head), torch.randn(4, 16, 16, 24)
    for term in (Remaining(occupancy, ENCODER), Dropped(occupancy, ENCODER)):
        term.score(latents)
    assert len(calls) == 1
    latents.add_(1.0)
    Remaining(occupancy, ENCODER).score(latents)
    assert len(calls) == 2


def test_head_learns_to_count():
    torch.manual_seed(0)
    head = make_head()
    generator = torch.Generator().manual_seed(0)
    places = torch.rand(64, 3, 2, generator=generator) * torch.tensor([56.0, 88.0]) + 4.0
    status = torch.randint(1, 3, (64, 3, 1), generator=generator).float()
    maps = label_maps(torch.cat([places, status], dim=-1), ENCODER.grid, ENCODER.stride)
    latents = torch.zeros(64, 16, 16, 24)
    latents[:, :2] = maps
    optimizer = torch.optim.Adam(head.parameters(), 1e-2)
    for _ in range(80):
        optimizer.zero_grad()
        cost_loss(head(latents), maps).backward()
        optimizer.step()
    counts = Remaining(Occupancy(head), ENCODER).score(latents)
    assert (counts - maps[:, TABLE].sum(dim=(1, 2))).abs().mean() < 0.3
