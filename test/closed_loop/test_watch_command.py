"""Claims about watching play of the real simulator, and doing after it."""

import json

import pytest

from foresight.cli.collect import collect
from foresight.cli.train import train
from foresight.cli.watch import watch
from foresight.data.footage import load_footage
from foresight.data.robot_time import robot_time
from foresight.errors import DatasetError
from foresight.rollout.play import CollectConfig
from foresight.settings import TrainConfig, WatchConfig
from foresight.world_model.encoder import EncoderConfig
from foresight.world_model.predictors.task import PredictorConfig

ENCODER = EncoderConfig(width=8)


@pytest.mark.slow
def test_play_is_watched_and_then_done(tmp_path):
    play, watched = tmp_path / 'play', tmp_path / 'watched'
    collect(CollectConfig(pushes=16, pushes_an_episode=4, seed=500, workers=1), out=play)
    watch(
        WatchConfig(steps=2, batch=8, threads=1), ENCODER, data=play, out=watched,
        json=str(tmp_path / 'watch.json'),
    )
    said = json.loads((tmp_path / 'watch.json').read_text())
    footage = load_footage(next(play.glob('footage_*')))
    # One episode is held out; the others are watched from their first frame to their last.
    time = robot_time(play)
    assert 0.6 < 3600 * said['hours'] / time.seconds[1:].sum() <= 1.0
    hidden = ~footage.seen
    assert 0.02 < hidden.mean() < 0.3 and not hidden[0].any()
    cells = footage.frames.reshape(-1, 16, 4, 24, 4, 3)
    empty = footage.backgrounds[footage.clip].reshape(-1, 16, 4, 24, 4, 3)
    same = (cells == empty).all(axis=(2, 4, 5))
    # The arm is never coloured as the table by chance: what it hides was painted over.
    assert same[hidden].mean() > 0.4
    train(
        TrainConfig(pretrained=str(watched), steps=2, batch=8, pushes=8, threads=1), ENCODER,
        PredictorConfig(width=16, blocks=1), data=[play], out=tmp_path / 'done',
        json=str(tmp_path / 'train.json'),
    )
    assert json.loads((tmp_path / 'train.json').read_text())['steps'] == 2


def test_a_folder_with_nothing_to_watch_is_refused(tmp_path):
    with pytest.raises(DatasetError, match='neither episodes nor bags'):
        watch(WatchConfig(threads=1), ENCODER, data=tmp_path, out=tmp_path / 'out')
    assert not (tmp_path / 'out').exists()
