import json

import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import nn

from foresight.actions.loading import load, make_model
from foresight.actions.push.macro_action import PushAction
from foresight.actions.push.settings import PushConfig
from foresight.errors import CheckpointError
from foresight.settings import SceneConfig
from foresight.world_model.checkpoint import (
    CONFIG,
    TENSORS,
    CheckpointConfig,
    VideoCheckpointConfig,
    digest,
    joined,
    load_video,
    save,
    write,
)
from foresight.world_model.encoder import EncoderConfig
from foresight.world_model.predictors.task import PredictorConfig
from foresight.world_model.predictors.video import VideoConfig, VideoJepa

KNOWN = CheckpointConfig(
    encoder=EncoderConfig(width=8), predictor=PredictorConfig(width=32, blocks=1),
    normalisation={'surprise': 0.5}, dataset='abc', scores={'occupancy_r2': 0.9},
)


@pytest.fixture
def folder(tmp_path):
    """A checkpoint of an untrained model and a second module."""
    modules = {'world_model': make_model(KNOWN), 'head': nn.Linear(3, 2)}
    save(tmp_path, modules, KNOWN)
    return tmp_path


def rewrite(folder, tensors):
    """Replace the tensors and make the JSON vouch for them."""
    import hashlib

    save_file(tensors, folder / TENSORS)
    described = json.loads((folder / CONFIG).read_text())
    described['tensors'] = hashlib.sha256((folder / TENSORS).read_bytes()).hexdigest()
    (folder / CONFIG).write_text(json.dumps(described))


def test_a_saved_checkpoint_comes_back(folder):
    checkpoint = load(folder, 'cpu')
    assert checkpoint.config == KNOWN
    head = checkpoint.fill('head', nn.Linear(3, 2))
    assert torch.equal(head.weight, checkpoint.tensors['head.weight'])
    latents, actions = torch.rand(1, 16, 16, 24), torch.tensor([[0.5, 0.0, 0.0, 0.2]])
    assert torch.equal(checkpoint.model.predict(latents, actions), latents)


def test_saving_again_replaces_the_old_one(folder):
    save(folder, {'world_model': make_model(KNOWN)}, KNOWN)
    assert not any(key.startswith('head') for key in load(folder, 'cpu').tensors)


@pytest.mark.parametrize('name', [TENSORS, CONFIG])
def test_missing_file_is_named(folder, name):
    (folder / name).unlink()
    with pytest.raises(CheckpointError, match=name):
        load(folder, 'cpu')


def test_file_that_was_cut_off_is_noticed(folder):
    whole = (folder / TENSORS).read_bytes()
    (folder / TENSORS).write_bytes(whole[:-100])
    with pytest.raises(CheckpointError, match='cut off'):
        load(folder, 'cpu')


def test_config_that_is_no_json_is_noticed(folder):
    (folder / CONFIG).write_text('{')
    with pytest.raises(CheckpointError, match='damaged'):
        load(folder, 'cpu')


def test_tensors_of_another_width_are_refused(folder):
    described = json.loads((folder / CONFIG).read_text())
    described['predictor']['width'] = 64
    (folder / CONFIG).write_text(json.dumps(described))
    with pytest.raises(CheckpointError, match='this configuration needs'):
        load(folder, 'cpu')


@pytest.mark.parametrize(('part', 'key', 'value'), [
    ('encoder', 'wdith', 8), ('encoder', 'width', 10_000),
])
def test_unknown_or_impossible_setting_is_refused(folder, part, key, value):
    described = json.loads((folder / CONFIG).read_text())
    described[part][key] = value
    (folder / CONFIG).write_text(json.dumps(described))
    with pytest.raises(CheckpointError, match=key):
        load(folder, 'cpu')


@pytest.mark.parametrize(('changes', 'match'), [
    ({'settings': {'length_low': 9.0}}, 'length_low'),
    ({'settings': {'lenght_low': 0.1}}, 'lenght_low'),
    ({'kind': 'poke'}, "no macro-action 'poke': choose one of push"),
    ({'kind': 'nowhere:Poke'}, "'nowhere:Poke' cannot be imported .*PYTHONPATH"),
])
def test_an_unknown_or_impossible_action_is_refused(folder, changes, match):
    described = json.loads((folder / CONFIG).read_text())
    described['action'] |= changes
    (folder / CONFIG).write_text(json.dumps(described))
    with pytest.raises(CheckpointError, match=match):
        load(folder, 'cpu')


def test_a_checkpoint_of_the_time_when_action_was_the_only_action_loads(folder):
    described = json.loads((folder / CONFIG).read_text())
    del described['action']
    described |= {'push': {'length_high': 0.3}}
    described['predictor']['paddle_width'] = 0.1
    (folder / CONFIG).write_text(json.dumps(described))
    settings = PushConfig(length_high=0.3, paddle_width=0.1)
    assert load(folder, 'cpu').action == PushAction(KNOWN.scene, settings)


def test_other_format_is_refused(folder):
    (folder / CONFIG).write_text('{"format": 99}')
    with pytest.raises(CheckpointError, match='format'):
        load(folder, 'cpu')


def test_unknown_and_missing_tensors_are_refused(folder):
    tensors = load_file(folder / TENSORS)
    rewrite(folder, {**tensors, 'world_model.extra': torch.zeros(1)})
    with pytest.raises(CheckpointError, match='unknown tensor world_model.extra'):
        load(folder, 'cpu')
    tensors.pop('world_model.predictor.inlet.bias')
    rewrite(folder, tensors)
    with pytest.raises(CheckpointError, match='no tensor world_model.predictor.inlet.bias'):
        load(folder, 'cpu')


def test_module_that_is_not_there_is_named(folder):
    with pytest.raises(CheckpointError, match='critic'):
        load(folder, 'cpu').fill('critic', nn.Linear(3, 2))


def test_tensors_that_are_not_finite_are_refused(folder):
    tensors = load_file(folder / TENSORS)
    tensors['head.bias'][0] = float('nan')
    rewrite(folder, tensors)
    with pytest.raises(CheckpointError, match='head.bias'):
        load(folder, 'cpu')


def test_another_table_is_read_as_a_map(folder):
    usual, wide = load(folder, 'cpu'), load(folder, 'cpu', SceneConfig(table_width=0.9))
    assert wide.config.scene.table_width == wide.action.scene.table_width == 0.9
    assert wide.model.raster.scene_map[0].sum() > usual.model.raster.scene_map[0].sum()


def test_another_view_is_refused(folder):
    with pytest.raises(CheckpointError, match='sees view_x'):
        load(folder, 'cpu', SceneConfig(view_x=(0.0, 0.8)))


def test_a_checkpoint_from_before_there_was_a_critic_loads(folder):
    described = json.loads((folder / CONFIG).read_text())
    del described['critic']
    (folder / CONFIG).write_text(json.dumps(described))
    assert load(folder, 'cpu').config == KNOWN


def test_joining_adds_a_module_and_keeps_the_others(folder, tmp_path):
    before, critic = load(folder, 'cpu'), nn.Linear(2, 1)
    write(joined(before, {'critic': critic}, before.config), tmp_path / 'new')
    after = load(tmp_path / 'new', 'cpu')
    assert torch.equal(after.fill('critic', nn.Linear(2, 1)).weight, critic.weight)
    assert {name for name in after.tensors if name not in before.tensors} == {
        'critic.weight', 'critic.bias',
    }
    assert all(torch.equal(after.tensors[name], value) for name, value in before.tensors.items())
    assert digest(after) != digest(before) == digest(load(folder, 'cpu'))


def test_joining_replaces_a_module_of_the_same_name(folder, tmp_path):
    write(joined(load(folder, 'cpu'), {'head': nn.Linear(5, 1)}, KNOWN), tmp_path / 'new')
    assert load(tmp_path / 'new', 'cpu').fill('head', nn.Linear(5, 1)).weight.shape == (1, 5)


def test_how_it_was_trained_is_kept_as_it_stands(folder):
    described = json.loads((folder / CONFIG).read_text())
    described['train'] = {'bf16': False, 'what_a_later_version_knows': [1, 2]}
    (folder / CONFIG).write_text(json.dumps(described))
    loaded = load(folder, 'cpu')
    assert loaded.config.train == described['train']
    assert not loaded.config.bf16 and not loaded.model.bf16
    save(folder, {'world_model': loaded.model}, loaded.config)
    assert json.loads((folder / CONFIG).read_text())['train'] == described['train']


VIDEO = VideoCheckpointConfig(
    encoder=EncoderConfig(rows=16, columns=24, channels=8, width=16),
    video=VideoConfig(context=3, horizon=2, width=16, blocks=1), scores={'rank': 3.0},
)


def test_a_video_predictor_comes_back(tmp_path):
    model = VideoJepa(VIDEO.encoder, VIDEO.video)
    save(tmp_path, {'video': model}, VIDEO)
    loaded, config = load_video(tmp_path, 'cpu')
    assert config == VIDEO
    for name, value in model.state_dict().items():
        assert torch.equal(value, loaded.state_dict()[name])


def test_checkpoints_are_not_taken_for_one_another(folder, tmp_path):
    save(tmp_path / 'video', {'video': VideoJepa(VIDEO.encoder, VIDEO.video)}, VIDEO)
    with pytest.raises(CheckpointError, match='train video'):
        load_video(folder)
    with pytest.raises(CheckpointError, match='predictor'):
        load(tmp_path / 'video')
