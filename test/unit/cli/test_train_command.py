import json
from dataclasses import asdict, fields

import pytest

from foresight.actions.loading import load
from foresight.actions.push.macro_action import PushAction
from foresight.cli.train import world_model
from foresight.data.collected import MANIFEST, collected
from foresight.data.transitions import save_transitions
from foresight.errors import DatasetError
from foresight.learning.probes.world_model import ProbeScores
from foresight.learning.settings import TrainConfig
from foresight.settings import SceneConfig
from foresight.world_model.encoder import EncoderConfig
from foresight.world_model.predictors.task import PredictorConfig


def test_command_trains_and_prints_one_document(blobs, small, tmp_path, capfd):
    save_transitions(blobs, tmp_path / 'seen_64x96x4_0')
    config = TrainConfig(batch=32, epochs=1, threads=1, holdout=0.2)
    out = tmp_path / 'out'
    world_model(config, small.encoder, small.predictor, data=[tmp_path], out=out, json='-')
    scores = json.loads(capfd.readouterr().out)
    of_samples = {'coverage', 'coverage_gain'}  # a predictor without a latent variable has none
    assert {item.name for item in fields(ProbeScores)} - of_samples < scores.keys()
    assert not of_samples & scores.keys()
    assert load(out, 'cpu').config.train == asdict(config)


def test_folder_without_episodes_is_refused(tmp_path):
    with pytest.raises(DatasetError, match='foresight data collect'):
        world_model(
            TrainConfig(), EncoderConfig(), PredictorConfig(), data=[tmp_path], out=tmp_path,
        )


def test_a_run_is_for_the_table_that_its_actions_were_collected_at(blobs, small, tmp_path):
    scene = SceneConfig(table_width=0.5)
    save_transitions(blobs, tmp_path / 'seen_64x96x4_0')
    (tmp_path / MANIFEST).write_text(json.dumps({'scene': asdict(scene)}))
    config = TrainConfig(batch=32, steps=1, threads=1, holdout=0.2)
    world_model(config, small.encoder, small.predictor, data=[tmp_path], out=tmp_path / 'out')
    assert load(tmp_path / 'out', 'cpu').config.scene == scene
    with pytest.raises(DatasetError, match='another view'):
        collected(tmp_path, PushAction(SceneConfig(view_x=(0.0, 0.8))), EncoderConfig())
