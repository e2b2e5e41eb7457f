import pytest
import torch

from foresight.errors import CheckpointError
from foresight.world_model.encoder import EncoderConfig
from foresight.world_model.predictors.video import VideoConfig, VideoJepa
from foresight.world_model.video_checkpoint import (
    VideoCheckpointConfig,
    load_video,
    save_video,
)

SMALL = EncoderConfig(rows=16, columns=24, channels=8, width=16)
CONFIG = VideoConfig(context=3, horizon=2, width=16, blocks=1)


def test_checkpoint_restores_weights_and_settings(tmp_path):
    model = VideoJepa(SMALL, CONFIG)
    save_video(tmp_path, model, VideoCheckpointConfig(SMALL, CONFIG, scores={'rank': 3.0}))
    loaded, config = load_video(tmp_path, 'cpu')
    assert (config.encoder, config.video, config.scores) == (SMALL, CONFIG, {'rank': 3.0})
    for name, value in model.state_dict().items():
        assert torch.equal(value, loaded.state_dict()[name])


def test_missing_checkpoint_names_the_remedy(tmp_path):
    with pytest.raises(CheckpointError, match='cannot be read'):
        load_video(tmp_path)


def test_checkpoint_of_the_world_model_is_refused(tmp_path):
    (tmp_path / 'config.json').write_text('{"format": 1, "encoder": {}, "push": {}}')
    with pytest.raises(CheckpointError, match='train-video'):
        load_video(tmp_path)
