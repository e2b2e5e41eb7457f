import json
from dataclasses import replace

import numpy as np
import pytest

from foresight.actions.loading import action_of
from foresight.data.collected import MANIFEST, collected, fitting
from foresight.data.environments import EnvironmentConfig, resize, usual_image
from foresight.data.episodes import Images, save_episode
from foresight.errors import ConfigError, DatasetError
from foresight.world_model.checkpoint import CheckpointConfig
from foresight.world_model.encoder import EncoderConfig

KNOWN = {'env': 'dot:Dot-v0', 'image_rows': 32, 'image_columns': 48}
ACTION = {'kind': 'vector', 'settings': {'low': [-1.0], 'high': [1.0]}}


@pytest.fixture
def folder(make_episode, tmp_path):
    """Two episodes in an environment: a wall that stays, and a bright column that moves."""
    (tmp_path / MANIFEST).write_text(json.dumps({'environment': KNOWN, 'action': ACTION}))
    for seed in range(2):
        episode = make_episode(seed, 4)
        stills = []
        for step in range(5):
            image = np.full((32, 48, 3), 60, np.uint8)
            image[:, 5 * step:5 * step + 3] = 250
            stills.append(image)
        save_episode(replace(
            episode, meta={**episode.meta, 'kind': 'vector'}, stills=Images.encode(stills, '.png'),
            background=np.zeros((32, 48, 3), np.uint8), actions=np.full((4, 1), 0.5, np.float32),
            objects=np.zeros((5, 0, 3), np.float32), statuses=np.zeros((5, 0), np.int8),
        ), tmp_path / f'episode_{seed:08d}.npz')
    return tmp_path


def test_a_configuration_fits_the_environment_it_is_for(folder):
    config = fitting(folder, CheckpointConfig())
    assert (config.encoder.rows, config.encoder.columns) == (32, 48)
    assert config.environment == KNOWN
    assert action_of(config).bounds.high == (1.0,)


def test_the_usual_image_stands_for_the_empty_table_and_nothing_else_is_changed(folder):
    config = fitting(folder, CheckpointConfig())
    known = collected(folder, action_of(config), config.encoder)
    assert len(known) == 8 and known.kind == 'vector' and not known.has_labels
    assert (known.backgrounds == 60).all()
    assert (known.stills[2][:, 10:13] == 250).all()


def test_images_of_another_size_are_an_error_that_names_both(folder):
    config = fitting(folder, CheckpointConfig(encoder=EncoderConfig(rows=16, columns=16)))
    with pytest.raises(DatasetError, match='32x48 pixels.*16x16'):
        collected(folder, action_of(config), config.encoder)


def test_the_usual_image_is_what_most_images_show():
    stills = np.full((9, 4, 4, 3), 10, np.uint8)
    stills[:4, 0] = 200
    assert (usual_image(stills) == 10).all()


def test_a_smaller_image_holds_means():
    image = np.zeros((4, 4, 3), np.uint8)
    image[:, ::2] = 100
    assert (resize(image, 2, 2) == 50).all()


@pytest.mark.parametrize('text', ['{', '[1]', 'pixels'])
def test_options_that_are_no_json_object_are_refused(text):
    with pytest.raises(ConfigError, match='--env-options'):
        EnvironmentConfig('dot:Dot-v0', text).arguments  # noqa: B018
