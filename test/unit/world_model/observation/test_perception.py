from dataclasses import replace

import numpy as np
import pytest
import torch

from foresight.actions.loading import make_model
from foresight.errors import ObservationError
from foresight.protocols import CameraView, Observation
from foresight.settings import SceneConfig
from foresight.world_model.checkpoint import CheckpointConfig
from foresight.world_model.encoder import EncoderConfig
from foresight.world_model.observation.perception import Perception
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
