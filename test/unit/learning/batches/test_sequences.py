from dataclasses import replace

import numpy as np
import pytest
import torch

from foresight.actions.loading import action_of, make_model
from foresight.learning.batches.actions import rows_of_step, take
from foresight.learning.batches.sequences import Later, following, imagine, rollout_loss
from foresight.learning.networks.world_model import WorldModelNetworks
from foresight.learning.settings import TrainConfig

CPU = torch.device('cpu')


class Shift:
    """Adds the first number of an action to the latent."""

    def predict(self, latents, actions, scene_map=None):
        return latents + actions[:, :1, None, None]


@pytest.fixture
def rows(blobs):
    return rows_of_step(len(blobs), 32, 0, 0)


def test_later_actions_begin_where_the_earlier_ones_end(blobs, rows):
    first = take(blobs, rows, CPU)
    for step in following(blobs, rows, 2, CPU):
        assert step.known.any()
        assert torch.equal(step.batch.before[step.known], first.after[step.known])
        assert torch.equal(step.batch.episode[step.known], first.episode[step.known])


def test_the_last_actions_of_an_episode_have_nothing_later(blobs):
    place = np.arange(len(blobs)) % 6  # six actions an episode
    for steps, later in enumerate(following(blobs, np.arange(len(blobs)), 4, CPU), start=1):
        assert np.array_equal(later.known.numpy(), place + steps < 6)


def test_a_sequence_does_not_reach_over_a_left_out_episode(blobs):
    some = blobs.subset([0, 2])
    later, = following(some, np.arange(len(some)), 2, CPU)
    assert later.known.tolist() == ([True] * 5 + [False]) * 2


def test_one_action_alone_has_nothing_later(blobs, rows):
    assert following(blobs, rows, 1, CPU) == ()


def later_of(blobs, rows, **values):
    step, = following(blobs, rows, 2, CPU)
    return replace(step, **values)


def test_predictions_are_fed_back(blobs, rows):
    later = following(blobs, rows, 3, CPU)
    actions = [take(blobs, rows, CPU).actions, *(step.batch.actions for step in later)]
    start = torch.zeros(len(rows), 1, 2, 2)
    imagined = imagine(Shift().predict, Shift().predict(start, actions[0]), later)
    expected = sum(action[:, 0] for action in actions)
    torch.testing.assert_close(imagined[2][:, 0, 0, 0], expected)


def test_loss_is_the_mean_over_known_steps(blobs, rows):
    zeros, ones = torch.zeros(32, 1, 2, 2), torch.ones(32, 1, 2, 2)
    nothing = torch.zeros(32, 2, 2, dtype=torch.bool)

    def loss(known):
        later = later_of(blobs, rows, known=torch.full((32,), known))
        return rollout_loss((zeros, ones), (zeros, zeros), (nothing, nothing), (later,))

    assert loss(True) == pytest.approx(0.5)
    assert loss(False) == 0.0


def test_cells_that_an_earlier_action_changed_still_count(blobs, rows):
    imagined, target = torch.ones(32, 1, 8, 8), torch.zeros(32, 1, 8, 8)
    first = torch.zeros(32, 8, 8, dtype=torch.bool)
    first[:, 0, 0] = True
    later = later_of(blobs, rows, known=torch.ones(32, dtype=torch.bool))
    loss = rollout_loss((target, imagined), (target, target), (first, ~first & first), (later,))
    assert loss == pytest.approx(0.5 * (1.0 + 1.0))


@pytest.fixture
def learner(small):
    torch.manual_seed(0)
    train = TrainConfig(**{**small.train, 'bf16': False})
    learner = WorldModelNetworks(make_model(small), action_of(small), train)
    torch.nn.init.normal_(learner.world_model.predictor.outlet.weight, std=0.05)
    return learner


def test_first_action_sees_the_same_randomness_with_and_without_later_ones(learner, blobs, rows):
    batch, later = take(blobs, rows, CPU), following(blobs, rows, 2, CPU)
    mirrored, _ = learner._reflected(batch, torch.Generator().manual_seed(3))
    again, after = learner._reflected(batch, torch.Generator().manual_seed(3), later)
    assert torch.equal(mirrored.before, again.before)
    known = after[0].known
    assert torch.equal(after[0].batch.before[known], again.after[known])
    assert torch.equal(after[0].batch.objects_before[known], again.objects_after[known])


def test_steps_that_do_not_exist_change_no_loss(learner, blobs, rows):
    step = later_of(blobs, rows, known=torch.zeros(32, dtype=torch.bool))
    strange = replace(step.batch, actions=torch.full_like(step.batch.actions, 0.5))
    batch = take(blobs, rows, CPU)
    two = [
        learner.losses(batch, torch.Generator().manual_seed(1), later=(item,)).total
        for item in (step, replace(step, batch=strange))
    ]
    assert two[0] == two[1]


def test_the_second_step_teaches_the_predictor(learner, blobs, rows):
    batch, later = take(blobs, rows, CPU), following(blobs, rows, 2, CPU)

    def gradient(later: tuple[Later, ...]):
        learner.zero_grad()
        terms = learner.losses(batch, torch.Generator().manual_seed(1), later=later).terms
        terms['prediction'].backward()
        return learner.world_model.predictor.inlet.weight.grad.clone()

    assert (gradient(later) - gradient(())).abs().max() > 1e-6
