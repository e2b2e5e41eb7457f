"""Claims about films."""

from pathlib import Path

import av
import numpy as np
import pytest

from foresight.errors import DatasetError
from foresight.viz.video import beside, write_video


def test_film_has_every_frame_and_even_sides(tmp_path: Path) -> None:
    frames = [np.full((33, 49, 3), 20 * index, np.uint8) for index in range(5)]
    path = tmp_path / 'new' / 'film.mp4'
    assert write_video(path, frames) == 5
    with av.open(str(path)) as container:
        decoded = [frame.to_ndarray(format='rgb24') for frame in container.decode(video=0)]
    assert len(decoded) == 5
    assert decoded[0].shape == (32, 48, 3)
    assert abs(int(decoded[4].mean()) - 80) < 6


def test_a_film_without_frames_is_an_error_and_no_file(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match='no camera image'):
        write_video(tmp_path / 'film.mp4', [])
    assert not list(tmp_path.iterdir())


def test_pictures_stand_beside_each_other_at_one_height() -> None:
    left, right = np.zeros((96, 128, 3), np.uint8), np.full((64, 96, 3), 255, np.uint8)
    frame = beside(left, right, 'action 1', height=192)
    white = (frame == 255).all(axis=2)
    assert white.any(axis=1).sum() >= 192
    assert white.sum() >= 192 * 288
