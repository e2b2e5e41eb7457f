import math

import pytest
import torch

from foresight.actions.push.raster import PushRaster
from foresight.actions.push.settings import PushConfig
from foresight.settings import SceneConfig
from foresight.world_model.belief.surprise import Surprise
from foresight.world_model.encoder import EncoderConfig

PUSH = torch.tensor([0.5, 0.0, math.pi / 2, 0.2])


@pytest.fixture(scope='module')
def raster() -> PushRaster:
    return PushRaster(SceneConfig(), PushConfig(), EncoderConfig().grid)


def changed_at(row: int, column: int) -> torch.Tensor:
    """Make a latent in which one cell differs from zero."""
    latent = torch.zeros(16, 16, 24)
    latent[:, row, column] = 4.0
    return latent


def test_what_was_imagined_is_no_surprise(raster):
    reading = Surprise(raster, 1.0)(changed_at(3, 3), changed_at(3, 3), PUSH)
    assert reading.level == 0.0
    assert reading.map.shape == (16, 24)


def test_only_changes_outside_the_swept_lane_surprise(raster):
    swept = raster.coverage(PUSH[None])[0]
    row, column = divmod(int(swept.argmax()), 24)
    compare, still = Surprise(raster, 1.0), torch.zeros(16, 16, 24)
    inside = compare(still, changed_at(row, column), PUSH)
    outside = compare(still, changed_at(14, 20), PUSH)
    assert inside.map[row, column] == 4.0
    assert inside.level < 0.2 * outside.level


def test_level_is_in_units_of_the_calibrated_scale(raster):
    still, moved = torch.zeros(16, 16, 24), changed_at(14, 20)
    coarse, fine = (Surprise(raster, scale)(still, moved, PUSH) for scale in (2.0, 1.0))
    assert fine.level == pytest.approx(2.0 * coarse.level)
