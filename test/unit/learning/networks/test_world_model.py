from dataclasses import replace

import numpy as np
import pytest
import torch
from rich.console import Console

from foresight.actions.loading import action_of, load, make_model
from foresight.errors import CheckpointError, ConfigError
from foresight.learning.batches.actions import take
from foresight.learning.learners.world_model import WorldModelLearner
from foresight.learning.loop import Loop
from foresight.learning.networks.world_model import WorldModelNetworks
from foresight.learning.probes.world_model import probe
from foresight.learning.settings import TrainConfig

QUIET = Console(quiet=True)


def trained(small, **changes):
    """Return the training settings of the small networks, some changed."""
    return TrainConfig(**{**small.train, **changes})


def moved_by(small, blobs, **changes):
    """Names of the parts that a loss moves."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        learner = WorldModelNetworks(
            make_model(small), action_of(small), trained(small, **changes))
        for head in (learner.cost_head.layers[-1], learner.world_model.predictor.outlet):
            torch.nn.init.normal_(head.weight, std=0.1)
    batch = take(blobs, np.arange(8), torch.device('cpu'))
    learner.losses(batch, torch.Generator().manual_seed(0)).total.backward()
    parts = {
        'encoder': learner.world_model.encoder, 'predictor': learner.world_model.predictor,
        'inverse': learner.inverse, 'regularizer': learner.regularizer,
        'decoder': learner.decoder, 'head': learner.cost_head,
    }
    return {
        name for name, part in parts.items() if part is not None and any(
            value.grad is not None and value.grad.abs().sum() > 0 for value in part.parameters())
    }


@pytest.mark.parametrize('changes, moved', [
    ({}, {'encoder', 'predictor', 'inverse', 'regularizer', 'head'}),
    ({'objective': 'supervised'}, {'encoder', 'predictor', 'head'}),
    ({'objective': 'head', 'pretrained': 'x'}, {'head'}),
    ({'objective': 'autoencoder', 'inverse_weight': 0.0},
     {'encoder', 'predictor', 'decoder', 'head'}),
])
def test_an_objective_moves_these_parts(small, blobs, changes, moved):
    assert moved_by(small, blobs, **changes) == moved


def test_prediction_and_labels_never_move_the_encoder_of_an_autoencoder(small, blobs):
    changes = {'objective': 'autoencoder', 'inverse_weight': 0.0}
    learner = WorldModelNetworks(make_model(small), action_of(small), trained(small, **changes))
    batch = take(blobs, np.arange(8), torch.device('cpu'))
    losses = learner.losses(batch, torch.Generator().manual_seed(0))
    (losses.total - losses.terms['reconstruction']).backward()
    grads = [value.grad for value in learner.world_model.encoder.parameters()]
    assert all(grad is None or float(grad.abs().max()) < 1e-6 for grad in grads)


def test_an_autoencoder_learns_where_objects_are_and_go(learn, other_blobs):
    learner = learn(60, objective='autoencoder', inverse_weight=0.0)
    scores = probe(learner, other_blobs, learner.config)
    assert scores.occupancy_r2 > 0.3
    assert scores.prediction_ratio_changed < 0.9


def test_labels_alone_teach_where_objects_are(learn, other_blobs):
    learner = learn(60, objective='supervised')
    assert probe(learner, other_blobs, learner.config).occupancy_r2 > 0.3


def test_a_head_alone_needs_a_checkpoint():
    with pytest.raises(ConfigError, match='pretrained'):
        TrainConfig(objective='head')


@pytest.fixture(scope='module')
def pretrained(blobs, small, tmp_path_factory):
    """Train a world model for some steps."""
    folder = tmp_path_factory.mktemp('pretrained')
    Loop(WorldModelLearner(blobs, small, trained(small, steps=20)), folder, QUIET).run()
    return folder


def test_a_run_has_the_steps_that_it_is_given(pretrained):
    assert load(pretrained, 'cpu').config.train['steps'] == 20


def test_a_head_alone_leaves_the_world_model_as_it_was(pretrained, blobs, small, tmp_path):
    train = trained(small, objective='head', pretrained=str(pretrained), labels=20, steps=5)
    Loop(WorldModelLearner(blobs, small, train), tmp_path, QUIET).run()
    before, after = load(pretrained, 'cpu'), load(tmp_path, 'cpu')
    kept = after.model.state_dict()
    for name, value in before.model.state_dict().items():
        assert torch.equal(kept[name], value), name
    assert not torch.equal(
        before.tensors['cost_head.layers.0.weight'], after.tensors['cost_head.layers.0.weight'])


def test_another_objective_goes_on_from_a_checkpoint(pretrained, blobs, small):
    train = trained(small, pretrained=str(pretrained), steps=1)
    networks = WorldModelLearner(blobs, small, train).networks
    start = load(pretrained, 'cpu').model.encoder.state_dict()
    for encoder in (networks.world_model.encoder, networks.target):
        assert all(torch.equal(value, start[name]) for name, value in encoder.state_dict().items())


def test_a_checkpoint_of_other_sizes_is_refused(pretrained, blobs, small):
    train = trained(small, pretrained=str(pretrained))
    other = replace(small, encoder=replace(small.encoder, width=16))
    with pytest.raises(CheckpointError, match='this configuration needs'):
        WorldModelLearner(blobs, other, train)
