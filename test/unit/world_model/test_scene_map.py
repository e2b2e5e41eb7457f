import pytest
import torch

from foresight.settings import SceneConfig
from foresight.world_model.encoder import EncoderConfig
from foresight.world_model.scene_map import draw_scene

CELL = 0.05


@pytest.fixture(scope='module')
def scene_map() -> torch.Tensor:
    return draw_scene(SceneConfig(), EncoderConfig().grid)


def test_table_and_bin_have_their_areas(scene_map):
    areas = scene_map.sum(dim=(1, 2)) * CELL**2
    assert areas.tolist() == pytest.approx([0.35 * 0.60, 0.35 * 0.20], rel=1e-4)


def test_bin_lies_left_of_the_table(scene_map):
    assert scene_map[1, 8, 5] == 1.0
    assert scene_map[0, 8, 12] == 1.0


def test_far_edge_of_the_table_is_above_the_near_one(scene_map):
    rows = torch.nonzero(scene_map[0, :, 12])[:, 0]
    assert (int(rows.min()), int(rows.max())) == (5, 11)  # x from 0.65 down to 0.30


def test_cells_are_shared_between_regions():
    shares = draw_scene(SceneConfig(table_width=0.62), EncoderConfig().grid)
    assert shares[0, 8, 7] == pytest.approx(0.2, abs=1e-4)
    assert shares.sum(dim=0).max() <= 1.0001
