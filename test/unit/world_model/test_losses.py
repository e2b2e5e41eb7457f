import pytest
import torch

from foresight.world_model.encoder import Encoder, EncoderConfig
from foresight.world_model.losses import (
    blindness,
    changed_cells,
    foreground_cells,
    prediction_loss,
)


def test_only_cells_that_changed_are_marked():
    encoder = Encoder(EncoderConfig(rows=16, columns=16))
    before = torch.zeros(1, 16, 16, 3, dtype=torch.uint8)
    after = before.clone()
    after[:, 4:8, 0:4], after[:, 0:4, 12:16] = 8, 7
    images = (encoder.prepare(image, before) for image in (before, after))
    changed = changed_cells(*images, threshold=0.03)
    assert changed.nonzero().tolist() == [[0, 1, 0]]


def test_an_error_near_a_change_counts_more():
    target, changed = torch.zeros(1, 2, 6, 6), torch.zeros(1, 6, 6, dtype=torch.bool)
    changed[0, 1, 1] = True
    near, far = target.clone(), target.clone()
    near[0, :, 1, 2], far[0, :, 5, 5] = 1.0, 1.0
    assert prediction_loss(far, target, changed) == pytest.approx(1 / 36)
    assert prediction_loss(near, target, changed) == pytest.approx(1 / 36 + 1 / 9)


def test_perfect_prediction_costs_nothing_even_without_a_change():
    latent = torch.rand(2, 3, 4, 4)
    assert prediction_loss(latent, latent, torch.zeros(2, 4, 4, dtype=torch.bool)) == 0.0


def test_foreground_is_where_the_image_differs():
    inputs = torch.zeros(1, 48, 8, 8)
    inputs[:, :, 2, 4] = 1.0
    latent = torch.arange(64.0).reshape(1, 1, 8, 8)
    cells = foreground_cells(latent, inputs, count=9)
    around = [row * 8 + column for row in (1, 2, 3) for column in (3, 4, 5)]
    assert sorted(cells[:, 0].tolist()) == around


def test_a_latent_that_misses_what_moves_is_blind():
    latents = torch.zeros(1, 5, 3, 2, 2)
    changed = torch.zeros(1, 3, 2, 2, dtype=torch.bool)
    assert blindness(latents, changed, apart=2, target=0.7) == 0.0
    changed[0, 1, 0, 1] = True
    assert blindness(latents, changed, apart=2, target=0.7) == pytest.approx(1 - 0.01 / 0.7)
    latents[0, 3:, :, 0, 1] = 2.0
    assert blindness(latents, changed, apart=2, target=0.7) == 0.0
