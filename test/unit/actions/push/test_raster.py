import math

import pytest
import torch

from foresight.actions.push.raster import PushRaster
from foresight.actions.push.settings import PushConfig
from foresight.settings import SceneConfig
from foresight.world_model.encoder import EncoderConfig

CELL = 0.05


@pytest.fixture(scope='module')
def raster() -> PushRaster:
    return PushRaster(SceneConfig(), PushConfig(), EncoderConfig().grid)


def test_coverage_has_the_area_of_the_lane(raster):
    pushes = torch.tensor([[0.5, 0.1, 0.3, 0.3], [0.4, 0.0, -2.0, 0.2]])
    areas = raster.coverage(pushes).sum(dim=(1, 2)) * CELL**2
    assert areas.tolist() == pytest.approx([0.12 * 0.3, 0.12 * 0.2], rel=0.05)


def test_lane_lies_where_the_push_goes(raster):
    push = torch.tensor([[0.5, 0.0, math.pi / 2, 0.2]])  # Along +y, to the left in the image.
    lane = raster.coverage(push)[0]
    rows, columns = raster.x[:, 0], raster.y[0]
    centre_x = (lane.sum(dim=1) * rows).sum() / lane.sum()
    centre_y = (lane.sum(dim=0) * columns).sum() / lane.sum()
    assert (float(centre_x), float(centre_y)) == pytest.approx((0.5, 0.1), abs=0.01)


def test_turning_by_a_full_circle_changes_nothing(raster):
    push = torch.tensor([[0.5, 0.0, 0.7, 0.2]])
    turned = push + torch.tensor([0.0, 0.0, 2 * math.pi, 0.0])
    torch.testing.assert_close(raster(push), raster(turned), atol=1e-5, rtol=0.0)


def test_every_number_of_a_push_has_a_gradient(raster):
    push = torch.tensor([[0.5, 0.03, 0.7, 0.2]], requires_grad=True)
    target = torch.rand(1, PushRaster.channels, 16, 24, generator=torch.Generator().manual_seed(0))
    (raster(push) * target).sum().backward()
    assert push.grad is not None
    assert (push.grad.abs() > 1e-3).all()


def test_gradient_agrees_with_finite_differences(raster):
    target = torch.rand(1, PushRaster.channels, 16, 24, generator=torch.Generator().manual_seed(0))
    push = torch.tensor([[0.5, 0.03, 0.7, 0.2]], requires_grad=True)
    (raster(push) * target).sum().backward()
    step = 1e-3 * torch.eye(4)
    with torch.no_grad():
        difference = raster(push + step) - raster(push - step)
    slopes = (difference * target).sum(dim=(1, 2, 3)) / 2e-3
    torch.testing.assert_close(push.grad[0], slopes, rtol=0.05, atol=0.05)
