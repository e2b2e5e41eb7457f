import json
from dataclasses import fields

import pytest

from foresight.cli.train import train
from foresight.config import EncoderConfig, PredictorConfig, TrainConfig
from foresight.data.transitions import save_transitions
from foresight.errors import DatasetError
from foresight.training.probe import ProbeScores
from foresight.world_model.checkpoint import load


def test_command_trains_and_prints_one_document(blobs, small, tmp_path, capfd):
    save_transitions(blobs, tmp_path / 'transitions_64x96_0')
    config = TrainConfig(batch=32, epochs=1, threads=1, holdout=0.2)
    out = tmp_path / 'out'
    train(config, small.encoder, small.predictor, data=tmp_path, out=out, json='-')
    scores = json.loads(capfd.readouterr().out)
    of_samples = {'coverage', 'coverage_gain'}  # a predictor without a latent variable has none
    assert {item.name for item in fields(ProbeScores)} - of_samples < scores.keys()
    assert not of_samples & scores.keys()
    assert load(out, 'cpu').config.train == config


def test_folder_without_episodes_is_refused(tmp_path):
    with pytest.raises(DatasetError, match='foresight collect'):
        train(TrainConfig(), EncoderConfig(), PredictorConfig(), data=tmp_path, out=tmp_path)
