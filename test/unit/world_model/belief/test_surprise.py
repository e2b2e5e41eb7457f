import json
import math
from dataclasses import replace

import pytest
import torch

from foresight.actions.loading import load, make_model
from foresight.actions.push.raster import PushRaster
from foresight.actions.push.settings import PushConfig
from foresight.errors import CheckpointError
from foresight.settings import SceneConfig
from foresight.world_model.belief.memory_file import MemoryOwner
from foresight.world_model.belief.surprise import (
    FILE,
    Surprise,
    SurpriseScales,
    load_scales,
    save_scales,
)
from foresight.world_model.checkpoint import CheckpointConfig, save
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


@pytest.fixture(scope='module')
def checkpoint(tmp_path_factory):
    folder, known = tmp_path_factory.mktemp('checkpoint'), CheckpointConfig()
    with torch.random.fork_rng():
        torch.manual_seed(0)
        model = make_model(known)
    save(folder, {'world_model': model}, known)
    return load(folder, 'cpu')


@pytest.fixture
def scales(checkpoint):
    return SurpriseScales(
        cell=0.2, action=0.5, rest=0.2, false_alarms=5.0, hours=1.0, actions=900, seed=6000,
        model=MemoryOwner.of(checkpoint).model, command='foresight calibrate surprise',
    )


def test_scales_come_back_as_they_were(checkpoint, scales):
    save_scales(checkpoint.folder, scales)
    assert load_scales(checkpoint) == scales


def test_scales_of_another_world_model_are_refused(checkpoint, scales):
    save_scales(checkpoint.folder, replace(scales, model='another'))
    with pytest.raises(CheckpointError, match='another world model.*calibrate surprise'):
        load_scales(checkpoint)


@pytest.mark.parametrize('text', [
    '', '[]', '{"format": 1}', '{"format": 1, "cell": "x"}', 'nonsense',
])
def test_damaged_scales_are_refused(checkpoint, scales, text):
    (checkpoint.folder / FILE).write_text(text)
    with pytest.raises(CheckpointError, match='calibrate surprise'):
        load_scales(checkpoint)


@pytest.mark.parametrize(('name', 'value'), [('push', 0.0), ('format', 2), ('more', 1)])
def test_scales_of_another_version_or_without_size_are_refused(checkpoint, scales, name, value):
    save_scales(checkpoint.folder, scales)
    path = checkpoint.folder / FILE
    path.write_text(json.dumps({**json.loads(path.read_text()), name: value}))
    with pytest.raises(CheckpointError, match='does not fit this version'):
        load_scales(checkpoint)


def test_missing_scales_are_asked_for(checkpoint):
    (checkpoint.folder / FILE).unlink(missing_ok=True)
    with pytest.raises(CheckpointError, match='is missing: run `foresight calibrate surprise`'):
        load_scales(checkpoint)
