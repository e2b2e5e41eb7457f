"""Latents become colours that mean the same in every picture."""

import numpy as np
import pytest
import torch

from foresight.actions.push.macro_action import PushAction
from foresight.protocols import CameraView, Observation, Plan
from foresight.settings import SceneConfig

LATENTS = torch.randn(3, 8, 4, 6, generator=torch.Generator().manual_seed(0))


@pytest.fixture
def plots():
    """The module under test, which needs Matplotlib."""
    from foresight.viz import plots

    return plots


def test_equal_cells_have_equal_colours_in_every_latent(plots):
    moved = LATENTS[0].roll(1, dims=1)
    one, other = plots.latent_colours([LATENTS[0], moved])
    assert np.allclose(np.roll(one, 1, axis=0), other, atol=1e-6)
    assert one.shape == (4, 6, 3) and 0.0 <= one.min() < one.max() <= 1.0


def test_latents_that_say_the_same_everywhere_are_one_colour(plots):
    (picture,) = plots.latent_colours([torch.ones(8, 4, 6)])
    assert np.isfinite(picture).all() and np.ptp(picture) == 0.0


def test_each_latent_has_a_picture_under_its_title(plots):
    figure = plots.plot_latents({'now': LATENTS[0], 'after': LATENTS[1]})
    assert [axes.get_title() for axes in figure.axes] == ['now', 'after']


def test_plan_shows_camera_image_and_every_imagined_latent(plots):
    view = CameraView(np.array([[100.0, 0, 64], [0, 100.0, 48], [0, 0, 1]]), np.array(
        [[0.0, -1, 0, 0.5], [-1, 0, 0, 0.1], [0, 0, -1, 1.2], [0, 0, 0, 1]],
    ), 128, 96)
    seen = Observation(np.full((96, 128, 3), 90, np.uint8), view, 0.0)
    action = PushAction(SceneConfig())
    push = torch.tensor([[number.middle for number in action.numbers]])
    plan = Plan(push, 1.5, {'remaining': 1.5}, LATENTS, 1, 1, 0.1)
    figure = plots.plot_plan(seen, plan, action)
    titles = [axes.get_title() for axes in figure.axes]
    assert titles == ['planned', 'latent now', 'imagined after 1', 'imagined after 2']
    drawn = figure.axes[0].get_images()[0].get_array()
    assert len(np.unique(drawn.reshape(-1, 3), axis=0)) > 3
