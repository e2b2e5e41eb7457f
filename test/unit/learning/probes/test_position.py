import math

import numpy as np
import pytest
import torch

from foresight.actions.loading import make_model
from foresight.learning.batches.actions import split_episodes
from foresight.learning.probes.position import linear_r2, lone_objects, position_r2
from foresight.world_model.checkpoint import CheckpointConfig


def draw(rows, columns, seed):
    return torch.randn(rows, columns, generator=torch.Generator().manual_seed(seed))


def test_a_linear_map_is_found_and_noise_is_not():
    x, other, truth = draw(200, 30, 0), draw(100, 30, 1), draw(30, 2, 2)
    assert linear_r2(x, x @ truth, other, other @ truth) > 0.99
    assert linear_r2(x, draw(200, 2, 3), other, draw(100, 2, 4)) < 0.0


def test_more_features_than_images_do_not_matter():
    x, other, truth = draw(50, 400, 0), draw(50, 400, 1), draw(400, 2, 2)
    assert 0.0 < linear_r2(x, x @ truth, other, other @ truth) < 0.5


def test_lone_objects_are_in_view_and_at_their_label(lone_blobs):
    lone = lone_objects(lone_blobs, 1000)
    assert 100 < len(lone.images) <= 420
    np.testing.assert_allclose(lone.places, lone_blobs.objects[lone.images, 0, :2])
    assert (lone.places >= 0).all() and (lone.places <= [63, 95]).all()
    assert (lone.images // 7 == lone.episodes).all()


def test_images_of_several_objects_are_left_out(blobs):
    assert len(lone_objects(blobs, 100).images) == 0


def test_position_of_one_object_is_read_even_from_random_features(lone_blobs):
    with torch.random.fork_rng():
        torch.manual_seed(0)
        model = make_model(CheckpointConfig()).eval()
    assert position_r2(model, *split_episodes(lone_blobs, 0.3)) > 0.5


def test_a_latent_that_says_nothing_scores_nothing(lone_blobs):
    model = make_model(CheckpointConfig()).eval()
    for value in model.encoder.parameters():
        value.data.zero_()
    assert position_r2(model, *split_episodes(lone_blobs, 0.3)) == pytest.approx(0.0, abs=0.1)


def test_without_scenes_of_one_object_there_is_no_score(blobs):
    assert math.isnan(position_r2(make_model(CheckpointConfig()), *split_episodes(blobs, 0.2)))
