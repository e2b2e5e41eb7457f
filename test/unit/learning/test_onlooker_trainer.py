"""Claims about learning from watching alone."""

import json
from dataclasses import replace

import numpy as np
import pytest
import torch
from rich.console import Console

from foresight.data.footage import Footage
from foresight.errors import CheckpointError, CollapseError, DatasetError
from foresight.learning.batches.footage import FootageSampler
from foresight.learning.learners.onlooker import seen_loss
from foresight.learning.onlooker_trainer import OnlookerTrainer
from foresight.learning.trainer import Trainer
from foresight.settings import WatchConfig
from foresight.world_model.checkpoint import CheckpointConfig
from foresight.world_model.onlooker_checkpoint import (
    OnlookerCheckpointConfig,
    has_watched,
    load_onlooker,
)

QUIET = Console(quiet=True)
WATCH = WatchConfig(
    steps=24, batch=16, width=16, blocks=1, expander=32, save_every=12, threads=1, holdout=0.2,
)


@pytest.fixture(scope='module')
def footage(blobs):
    """The stills of the toy table as a film; what is done between them is not told."""
    count = len(blobs.stills)
    return Footage(
        frames=blobs.stills, seen=np.ones((count, 16, 24), bool),
        clip=np.repeat(np.arange(60), 7), backgrounds=blobs.backgrounds, seconds=210.0,
        digest='blobs',
    )


@pytest.fixture(scope='module')
def settings(small):
    return OnlookerCheckpointConfig(encoder=small.encoder, watch=WATCH)


@pytest.fixture(scope='module')
def watched(footage, settings, tmp_path_factory):
    """A folder in which an onlooker has watched for a moment."""
    folder = tmp_path_factory.mktemp('watched')
    OnlookerTrainer(footage, folder, settings, QUIET).run()
    return folder


def test_what_was_watched_is_kept_with_its_hours_and_scores(watched):
    model, known = load_onlooker(watched)
    assert has_watched(watched) and known.dataset == 'blobs'
    assert known.hours == pytest.approx(210 / 3600, abs=1e-4)
    assert known.scores['prediction_ratio'] > 0.0 and known.scores['rank'] > 1.0
    assert not any(value.requires_grad for value in model.parameters())


def test_a_run_goes_on_where_it_stopped(footage, settings, watched, tmp_path, monkeypatch):
    def interrupt(*_):
        raise KeyboardInterrupt

    trainer = OnlookerTrainer(footage, tmp_path, settings, QUIET)
    take = trainer._take_step
    monkeypatch.setattr(
        trainer, '_take_step', lambda: take() if trainer.step < 15 else interrupt(),
    )
    with pytest.raises(KeyboardInterrupt):
        trainer.run()
    again = OnlookerTrainer(footage, tmp_path, settings, QUIET)
    assert again.step == 12
    again.run()
    for name, value in load_onlooker(watched)[0].state_dict().items():
        torch.testing.assert_close(value, load_onlooker(tmp_path)[0].state_dict()[name])


def test_other_settings_or_video_are_refused(footage, settings, watched):
    other = replace(settings, watch=replace(WATCH, learning_rate=2e-3))
    for video, config in ((footage, other), (replace(footage, digest='others'), settings)):
        with pytest.raises(CheckpointError, match='other settings or data'):
            OnlookerTrainer(video, watched, config, QUIET)


def test_doing_goes_on_from_the_encoder_that_watched(blobs, small, watched, tmp_path):
    train = replace(small.train, pretrained=str(watched), epochs=1)
    trainer = Trainer(blobs, tmp_path, replace(small, train=train), QUIET)
    encoder = load_onlooker(watched)[0].encoder.state_dict()
    for part in (trainer.learner.world_model.encoder, trainer.learner.target):
        assert all(torch.equal(value, encoder[name]) for name, value in part.state_dict().items())
    assert all(value.requires_grad for value in trainer.learner.world_model.parameters())
    trainer.run()


def test_a_watched_encoder_can_stay_as_it_is(blobs, small, watched, tmp_path):
    train = replace(small.train, pretrained=str(watched), frozen=True, steps=3)
    trainer = Trainer(blobs, tmp_path, replace(small, train=train), QUIET)
    trainer.run()
    encoder = load_onlooker(watched)[0].encoder.state_dict()
    after = trainer.learner.world_model.encoder.state_dict()
    assert all(torch.equal(value, encoder[name]) for name, value in after.items())


def test_another_encoder_is_refused(blobs, watched, tmp_path):
    train = replace(CheckpointConfig().train, pretrained=str(watched))
    with pytest.raises(CheckpointError, match='has watched with another encoder'):
        Trainer(blobs, tmp_path, replace(CheckpointConfig(), train=train), QUIET)


def test_a_loss_that_is_not_finite_stops_the_run(footage, settings, tmp_path):
    trainer = OnlookerTrainer(footage, tmp_path, settings, QUIET)
    with torch.no_grad():
        next(trainer.learner.model.encoder.parameters()).fill_(float('nan'))
    with pytest.raises(CollapseError, match='not finite at step 0'):
        trainer.run()
    assert not (tmp_path / 'config.json').exists()


def test_a_collapse_sounds_the_alarm(footage, settings, tmp_path):
    watch = replace(WATCH, variance_weight=0.0, covariance_weight=0.0, steps=60, ema_decay=0.5,
                    learning_rate=5e-3, save_every=60)
    with pytest.raises(CollapseError, match='look alike|independent features|of their spread'):
        OnlookerTrainer(footage, tmp_path, replace(settings, watch=watch), QUIET).run()
    journal = (tmp_path / 'journal.jsonl').read_text().splitlines()
    assert json.loads(journal[-1])['group'] == 'probe'


def test_too_little_video_is_refused(footage, settings, tmp_path):
    short = replace(footage, clip=np.arange(len(footage.clip)) // 2)
    with pytest.raises(DatasetError, match='4 frames without a gap'):
        OnlookerTrainer(short, tmp_path, settings, QUIET)


def test_stretches_repeat_with_the_seed_and_keep_the_held_out_apart(footage):
    def sampler(seed):
        return FootageSampler(footage, torch.zeros(2, 16, 24), 4, 0.2, seed)

    first = sampler(0)
    assert not set(footage.clip[first.kept]) & set(footage.clip[first.held])
    one, same, other = (sampler(seed).draw(3, 8) for seed in (0, 0, 1))
    assert torch.equal(one.frames, same.frames) and not torch.equal(one.frames, other.frames)


def test_mirrored_stretches_stay_whole(footage):
    marked = replace(footage, seen=footage.frames.mean(axis=-1)[:, ::4, ::4] > 110)
    sampler = FootageSampler(marked, torch.zeros(2, 16, 24), 4, 0.2, 0)
    drawn = sampler.draw(0, 32)
    again = drawn.frames.float().mean(dim=-1)
    # The marks moved with the pixels: the corner of a cell may have changed.
    corners = [again[:, :, i::4, j::4] > 110 for i in (0, 3) for j in (0, 3)]
    hits = torch.stack([(corner == drawn.seen).flatten(1).all(dim=1) for corner in corners])
    assert hits.any(dim=0).all()


def test_what_the_arm_hides_does_not_count():
    target = torch.zeros(1, 4, 6, 6)
    predicted = target.clone()
    predicted[:, :, 2, 2] = 9.0
    seen = torch.ones(1, 6, 6)
    changed = torch.zeros(1, 6, 6)
    assert seen_loss(predicted, target, seen, changed) > 0.0
    seen[:, 2, 2] = 0.0
    assert seen_loss(predicted, target, seen, changed) == 0.0
