import math

import pytest
import torch

from foresight.actions.push.macro_action import PushAction
from foresight.world_model.encoder import EncoderConfig
from foresight.world_model.inverse_dynamics import InverseDynamics


@pytest.fixture(scope='module')
def inverse() -> InverseDynamics:
    return InverseDynamics(EncoderConfig(), PushAction().numbers)


def test_bounds_of_an_action_become_one(inverse):
    action = torch.tensor([[0.90, 0.70, math.pi / 2, 0.36], [0.10, -0.50, math.pi, 0.06]])
    expected = torch.tensor([[1.0, 1.0, 0.0, 1.0, 1.0], [-1.0, -1.0, -1.0, 0.0, -1.0]])
    torch.testing.assert_close(inverse.normalize(action), expected, atol=1e-5, rtol=0.0)


def test_actions_that_moved_nothing_do_not_count(inverse):
    latents = torch.randn(2, 2, 16, 16, 24, generator=torch.Generator().manual_seed(0))
    actions = torch.tensor([[0.5, 0.0, 0.0, 0.2], [99.0, 99.0, 0.0, 99.0]])
    first = inverse.error(latents[0], latents[1], actions, torch.tensor([True, False]))
    alone = inverse.error(latents[0, :1], latents[1, :1], actions[:1], torch.tensor([True]))
    torch.testing.assert_close(first, alone)
    assert inverse.error(latents[0], latents[1], actions, torch.tensor([False, False])) == 0.0
