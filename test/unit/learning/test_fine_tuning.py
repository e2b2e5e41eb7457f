import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from rich.console import Console

from foresight.actions.loading import load
from foresight.cli.train import GOING_ON, world_model
from foresight.data.transitions import save_transitions
from foresight.errors import CheckpointError, ConfigError, DatasetError
from foresight.learning.batches.actions import take
from foresight.learning.fine_tuning import LEAST_STEPS, RATE, kept_config, tuned
from foresight.learning.learners.world_model import WorldModelLearner
from foresight.learning.loop import Loop
from foresight.learning.networks.former import Former
from foresight.learning.settings import TrainConfig
from foresight.world_model.encoder import EncoderConfig
from foresight.world_model.lineage import fingerprint, read_lineage
from foresight.world_model.predictors.task import PredictorConfig

QUIET = Console(quiet=True)
DEFAULTS = EncoderConfig(), PredictorConfig()


@pytest.fixture(scope='module')
def old(blobs, small, tmp_path_factory):
    """A checkpoint to go on from."""
    folder = tmp_path_factory.mktemp('old')
    train = TrainConfig(**{**small.train, 'steps': 40})
    Loop(WorldModelLearner(blobs, small, train), folder, QUIET).run()
    return folder


@pytest.fixture(scope='module')
def own(lone_blobs):
    """What a robot recorded: no labels."""
    return replace(lone_blobs, objects=lone_blobs.objects[:, :0], digest='own')


@pytest.fixture
def folders(blobs, own, tmp_path):
    """The same in folders, new and old."""
    places = tmp_path / 'own', tmp_path / 'play'
    for folder, transitions in zip(places, (own, blobs)):
        save_transitions(transitions, folder / 'seen_64x96x4_0')
    return places


def going_on(small, **changes):
    """Return settings of a short run that goes on."""
    kept = {name: small.train[name] for name in ('batch', 'threads', 'expander', 'holdout')}
    return replace(GOING_ON, **{**kept, 'steps': 12, **changes})


def learner(old, own, train, more=()):
    """Return what goes on from a checkpoint as the command does."""
    before = load(old, 'cpu')
    former = tuned(before, replace(train, pretrained=str(old)), own, more)
    config = kept_config(before, *DEFAULTS)
    return WorldModelLearner(own, config, former.train, more, former.checkpoint)


def changed(before, after):
    """Name the modules whose tensors differ."""
    return {
        '.'.join(name.split('.')[:2]) if name.startswith('world_model') else name.split('.')[0]
        for name, value in before.tensors.items() if not torch.equal(value, after.tensors[name])
    }


def test_own_bags_teach_the_predictor_and_leave_what_reads_the_latents(old, folders, small,
                                                                      tmp_path):
    out = tmp_path / 'new'
    world_model(going_on(small, pretrained=str(old)), *DEFAULTS, data=[folders[0]], out=out)
    before, after = load(old, 'cpu'), load(out, 'cpu')
    assert changed(before, after) == {'world_model.predictor', 'inverse'}
    kept = ('encoder', 'predictor', 'scene', 'action', 'normalisation')
    assert all(getattr(after.config, part) == getattr(before.config, part) for part in kept)
    found = read_lineage(out)
    assert found.parent == fingerprint(old) and not found.compared
    assert [(item.folder, item.digest) for item in found.learned] == [(str(folders[0]), 'own')]


def test_with_replay_the_cost_head_learns_from_old_labels(old, folders, small, tmp_path):
    out = tmp_path / 'new'
    world_model(
        going_on(small, pretrained=str(old)), *DEFAULTS, data=[folders[0]], replay=[folders[1]],
        out=out,
    )
    before, after = load(old, 'cpu'), load(out, 'cpu')
    assert changed(before, after) == {'world_model.predictor', 'inverse', 'cost_head'}
    assert all(torch.isfinite(value).all() for value in after.tensors.values())
    assert [item.replayed for item in read_lineage(out).learned] == [False, True]


def test_a_run_goes_on_where_it_was_stopped(old, own, small, tmp_path):
    train = going_on(small, steps=6)
    whole, half = (Loop(learner(old, own, train), tmp_path / name, QUIET) for name in 'ab')
    whole.run()
    for _ in range(3):
        half._take_step()
    half._keep()
    rest = Loop(learner(old, own, train), tmp_path / 'b', QUIET)
    assert rest.step == 3
    rest.run()
    one, other = (load(tmp_path / name, 'cpu').tensors for name in 'ab')
    assert all(torch.equal(value, other[name]) for name, value in one.items())


def strayed(old, own, train):
    """Return how far a run comes from what the old model says of actions not taken."""
    run = learner(old, own, train)
    loop = Loop(run, Path(tempfile.mkdtemp()), QUIET)
    for _ in range(train.steps):
        loop._take_step()
    batch, networks = take(own, np.arange(64), torch.device('cpu')), run.networks
    model, before = networks.world_model, load(old, 'cpu')
    images = [model.encoder.prepare(image, batch.background)
              for image in (batch.before, batch.after)]
    with torch.no_grad():
        both = model.encode_prepared(torch.cat(images))
        return float(Former(before.model, None).distance(
            model, networks.cost_head, torch.cat(images), both, batch))


@pytest.mark.parametrize('frozen', [True, False])
def test_distilling_keeps_a_run_near_the_old_model(old, own, small, frozen):
    train = going_on(small, frozen=frozen, learning_rate=3e-3)
    held, free = (strayed(old, own, replace(train, distil=weight)) for weight in (20.0, 0.0))
    assert held < 0.7 * free


def test_a_moving_encoder_is_held_to_what_the_cost_head_reads(old, own, small):
    run = learner(old, own, going_on(small, frozen=False))
    assert run.networks.former.cost_head is not None
    losses = run.losses(0, torch.Generator().manual_seed(0))
    assert float(losses.terms['former'].detach()) > 0.0
    losses.total.backward()
    assert run.networks.world_model.encoder.layers[0].weight.grad.abs().sum() > 0.0


def test_what_is_left_at_its_usual_value_is_chosen(old, own, blobs, small):
    before = load(old, 'cpu')
    chosen = tuned(before, GOING_ON, own, []).train
    assert (chosen.steps, chosen.learning_rate) == (LEAST_STEPS, RATE)
    replayed = tuned(before, replace(GOING_ON, learning_rate=1e-4, epochs=70), own, [blobs])
    assert replayed.train.distil == 0.0 and replayed.train.learning_rate == 1e-4
    assert replayed.train.steps == round(70 * len(own) / 64)
    assert any('old actions' in remark for remark in replayed.remarks)


def test_other_networks_are_refused(old):
    before = load(old, 'cpu')
    with pytest.raises(CheckpointError, match='has width = 8, not 16: leave it out'):
        kept_config(before, EncoderConfig(width=16), PredictorConfig())
    config = kept_config(before, EncoderConfig(), PredictorConfig(latent=4))
    assert config.predictor == replace(before.config.predictor, latent=4)


def test_actions_of_another_kind_are_refused(old, own):
    with pytest.raises(DatasetError, match='foresees push, these actions are pick_place'):
        tuned(load(old, 'cpu'), GOING_ON, replace(own, kind='pick_place'), [])


def test_replay_is_of_no_use_to_a_run_from_nothing(tmp_path):
    with pytest.raises(ConfigError, match='give --from too'):
        world_model(GOING_ON, *DEFAULTS, data=[tmp_path], replay=[tmp_path], out=tmp_path / 'new')


def test_a_damaged_lineage_names_its_file(tmp_path):
    (tmp_path / 'lineage.json').write_text('{"format": 1}')
    with pytest.raises(CheckpointError, match='lineage.json is damaged'):
        read_lineage(tmp_path)
