import json
from dataclasses import replace

import pytest
import torch
from rich.console import Console

from foresight.actions.loading import load
from foresight.errors import CheckpointError
from foresight.learning.learners.world_model import WorldModelLearner
from foresight.learning.loop import Loop
from foresight.learning.settings import TrainConfig

QUIET = Console(quiet=True)


def changed(config, latent=0, **train):
    return (
        replace(config, predictor=replace(config.predictor, latent=latent)),
        TrainConfig(**{**config.train, **train}),
    )


@pytest.fixture(scope='module')
def first(blobs, small, tmp_path_factory):
    """A short run without a latent variable."""
    folder = tmp_path_factory.mktemp('first')
    Loop(WorldModelLearner(blobs, *changed(small, epochs=2)), folder, QUIET).run()
    return folder


@pytest.fixture(scope='module')
def second(blobs, small, first, tmp_path_factory):
    """A run that goes on from it with a latent variable and the encoder frozen."""
    folder = tmp_path_factory.mktemp('second')
    config = changed(small, latent=4, epochs=3, pretrained=str(first), frozen=True)
    Loop(WorldModelLearner(blobs, *config), folder, QUIET).run()
    return folder


def test_a_run_starts_as_the_checkpoint_was(blobs, small, first):
    config = changed(small, latent=4, pretrained=str(first), frozen=True)
    networks = WorldModelLearner(blobs, *config).networks
    latents, actions = torch.randn(1, 16, 16, 24), torch.tensor([[0.45, 0.0, 1.0, 0.2]])
    known = load(first, 'cpu')
    predicted = networks.world_model.predict(latents, actions)
    torch.testing.assert_close(predicted, known.model.predict(latents, actions))
    for name, value in networks.target.state_dict().items():
        assert torch.equal(value, known.tensors[f'world_model.encoder.{name}'])
    assert torch.equal(
        networks.cost_head.state_dict()['layers.0.weight'],
        known.tensors['cost_head.layers.0.weight'],
    )


def test_a_frozen_encoder_stays_and_the_predictor_learns(first, second):
    before, after = load(first, 'cpu'), load(second, 'cpu')
    moved = {
        name.split('.')[1] for name, value in before.tensors.items()
        if name.startswith('world_model.') and not torch.equal(value, after.tensors[name])
    }
    assert moved == {'predictor'}


def test_the_latent_variable_is_trained_logged_and_scored(second):
    checkpoint = load(second, 'cpu')
    assert checkpoint.model.unknowns == 4
    assert checkpoint.tensors['world_model.predictor.unknown.weight'].abs().sum() > 0
    lines = [json.loads(line) for line in (second / 'journal.jsonl').read_text().splitlines()]
    told = [line['told'] for line in lines if line['group'] == 'loss']
    assert told and all(value >= 0.0 for value in told)
    assert 0.0 < checkpoint.config.scores['coverage'] <= 1.0
    assert checkpoint.config.scores['coverage_gain'] > 0.0


def test_a_run_without_it_has_no_score_for_it(first):
    assert 'coverage' not in load(first, 'cpu').config.scores


def test_another_predictor_is_refused(blobs, small, first):
    config, train = changed(small, pretrained=str(first))
    config = replace(config, predictor=replace(config.predictor, blocks=3))
    with pytest.raises(CheckpointError, match='another encoder or predictor'):
        WorldModelLearner(blobs, config, train)


def test_a_missing_start_is_an_error(blobs, small, tmp_path):
    with pytest.raises(CheckpointError, match='cannot be read'):
        WorldModelLearner(blobs, *changed(small, pretrained=str(tmp_path / 'none')))
