"""Claims about the belief as latents and actions come in."""

import numpy as np
import pytest
import torch

from foresight.actions.loading import make_model
from foresight.world_model.belief.memory import MemoryConfig
from foresight.world_model.belief.tracker import BeliefTracker
from foresight.world_model.checkpoint import CheckpointConfig

LATENT, OTHER = torch.randn(2, 16, 16, 24, generator=torch.Generator().manual_seed(0))
LEFT = np.zeros((64, 96), bool)
LEFT[:, :24] = True  # six cells, and three more within reach
ACTION = torch.tensor([0.45, 0.1, 1.5, 0.2])


@pytest.fixture
def tracker() -> BeliefTracker:
    torch.manual_seed(0)
    model = make_model(CheckpointConfig()).eval().requires_grad_(False)
    torch.nn.init.normal_(model.predictor.outlet.weight, std=0.1)  # else nothing ever moves
    return BeliefTracker(model, MemoryConfig(reach=3, margin=0))


def test_belief_is_the_latent_while_nothing_is_hidden(tracker):
    assert torch.equal(tracker.see(LATENT, 1.0).latent, LATENT)


def test_hidden_cells_come_from_memory(tracker):
    tracker.see(LATENT, 1.0)
    belief = tracker.see(OTHER, 2.0, LEFT)
    assert torch.equal(belief.latent[..., :9], LATENT[..., :9])
    assert torch.equal(belief.latent[..., 9:], OTHER[..., 9:])
    assert belief.stamp == 2.0


def test_an_action_under_cover_is_believed_when_it_ends_and_not_before(tracker):
    tracker.see(LATENT, 1.0)
    tracker.see(LATENT, 2.0, LEFT)
    predicted = tracker.begin_action(ACTION)
    assert not torch.equal(predicted, LATENT)
    assert torch.equal(tracker.see(LATENT, 3.0, LEFT).latent, LATENT)
    tracker.end_action()
    after = tracker.see(LATENT, 4.0, LEFT).latent
    assert torch.equal(after[..., :9], predicted[..., :9])
    assert torch.equal(after[..., 9:], LATENT[..., 9:])


def test_an_action_in_full_view_changes_nothing(tracker):
    tracker.see(LATENT, 1.0)
    tracker.begin_action(ACTION)
    tracker.see(LATENT, 2.0)
    tracker.end_action()
    assert torch.equal(tracker.memory.latent, LATENT)


def test_forgetting_leaves_an_empty_table_never_seen(tracker):
    tracker.see(LATENT, 1.0)
    tracker.begin_action(ACTION)
    tracker.forget()
    tracker.end_action()
    assert not tracker.memory.complete
    assert not torch.equal(tracker.memory.latent, LATENT)
