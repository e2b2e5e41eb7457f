from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from foresight.actions.loading import make_model
from foresight.errors import FileError, ObservationError
from foresight.protocols import CameraView, Observation
from foresight.settings import SceneConfig
from foresight.world_model.checkpoint import CheckpointConfig
from foresight.world_model.encoder import EncoderConfig
from foresight.world_model.observation.perception import (
    Perception,
    load_background,
    save_background,
)
from foresight.world_model.observation.rectification import Rectifier
from foresight.world_model.predictors.task import PredictorConfig

DOWN = np.array([
    [0.0, -1.0, 0.0, 0.5], [-1.0, 0.0, 0.0, 0.1], [0.0, 0.0, -1.0, 1.25], [0.0, 0.0, 0.0, 1.0],
])
VIEW = CameraView(
    matrix=np.array([[110.0, 0.0, 63.5], [0.0, 110.0, 47.5], [0.0, 0.0, 1.0]]),
    base_from_camera=DOWN, width=128, height=96,
)
EMPTY = np.full((96, 128, 3), 120, np.uint8)


@pytest.fixture
def perception() -> Perception:
    encoder = EncoderConfig(width=8)
    model = make_model(CheckpointConfig(encoder, PredictorConfig(width=32, blocks=1)))
    return Perception(model, Rectifier(SceneConfig(), encoder), 'cpu')


def test_belief_carries_the_stamp_and_the_shape_of_the_latent(perception):
    perception.set_background(EMPTY, VIEW)
    belief = perception.encode(Observation(EMPTY, VIEW, 12.5))
    assert belief.stamp == 12.5
    assert belief.latent.shape == (16, 16, 24)


def test_an_object_changes_the_latent(perception):
    perception.set_background(EMPTY, VIEW)
    image = EMPTY.copy()
    image[40:50, 60:70] = 250
    empty, there = (perception.encode(Observation(item, VIEW, 0.0)) for item in (EMPTY, image))
    assert not torch.allclose(empty.latent, there.latent)


def test_without_background_the_error_says_what_to_do(perception):
    with pytest.raises(ObservationError, match='capture the background'):
        perception.encode(Observation(EMPTY, VIEW, 0.0))


def test_image_of_another_size_is_refused(perception):
    perception.set_background(EMPTY, VIEW)
    with pytest.raises(ObservationError):
        perception.encode(Observation(EMPTY[:50], VIEW, 0.0))


def test_pose_or_stamp_that_is_not_finite_is_refused(perception):
    perception.set_background(EMPTY, VIEW)
    broken = replace(VIEW, base_from_camera=DOWN * np.nan)
    with pytest.raises(ObservationError, match='not finite'):
        perception.encode(Observation(EMPTY, broken, 0.0))
    with pytest.raises(ObservationError, match='finite stamp'):
        perception.encode(Observation(EMPTY, VIEW, float('nan')))


PICTURE = np.random.default_rng(0).integers(0, 255, (6, 8, 3), np.uint8)
KEPT = Observation(PICTURE, CameraView(np.eye(3), np.eye(4), 8, 6), 3.5)


def test_empty_table_comes_back(tmp_path: Path) -> None:
    save_background(tmp_path / 'deep' / 'empty.npz', KEPT)
    back = load_background(tmp_path / 'deep' / 'empty.npz')
    assert np.array_equal(back.image, PICTURE) and back.stamp == 3.5
    assert (back.view.width, back.view.height) == (8, 6)


def test_damaged_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / 'empty.npz'
    save_background(path, KEPT)
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(ObservationError, match='capture again'):
        load_background(path)


def test_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / 'file').write_text('')
    with pytest.raises(FileError, match='cannot write'):
        save_background(tmp_path / 'file' / 'empty.npz', KEPT)
