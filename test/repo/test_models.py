"""Checkpoints that the package ships."""

from foresight.files import share
from foresight.world_model.checkpoint import load_video

LIMIT = 20e6  # bytes


def test_shipped_checkpoints_are_small():
    sizes = [path.stat().st_size for path in share('models').rglob('*') if path.is_file()]
    assert 0 < sum(sizes) <= LIMIT


def test_shipped_video_predictor_loads_and_beats_persistence():
    _, config = load_video(share('models/video'), 'cpu')
    assert config.scores['prediction_ratio'] < 0.5
