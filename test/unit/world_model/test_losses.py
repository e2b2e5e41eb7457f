import pytest
import torch

from foresight.world_model.losses import changed_cells, foreground_cells, prediction_loss


def test_only_cells_that_changed_are_marked():
    before = torch.zeros(1, 8, 12, 3, dtype=torch.uint8)
    after = before.clone()
    after[:, 4:8, 0:4] = 40
    changed = changed_cells(before, after, stride=4, threshold=0.03)
    assert changed.tolist() == [[[False, False, False], [True, False, False]]]


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
    inputs = torch.zeros(1, 3, 32, 32)
    inputs[:, :, 8:12, 16:20] = 1.0
    latent = torch.arange(64.0).reshape(1, 1, 8, 8)
    cells = foreground_cells(latent, inputs, count=9)
    around = [row * 8 + column for row in (1, 2, 3) for column in (3, 4, 5)]
    assert sorted(cells[:, 0].tolist()) == around
