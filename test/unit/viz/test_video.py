"""Claims about films."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from foresight.errors import DatasetError
from foresight.viz.video import read_video, write_moving_picture, write_video


def test_film_has_every_frame_and_even_sides(tmp_path: Path) -> None:
    frames = [np.full((33, 49, 3), 20 * index, np.uint8) for index in range(5)]
    path = tmp_path / 'new' / 'film.mp4'
    assert write_video(path, frames) == 5
    decoded, rate = read_video(path)
    assert rate == 10.0
    assert len(decoded) == 5
    assert decoded[0].shape == (32, 48, 3)
    assert abs(int(decoded[4].mean()) - 80) < 6


def test_a_film_without_frames_is_an_error_and_no_file(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match='no camera image'):
        write_video(tmp_path / 'film.mp4', [])
    assert not list(tmp_path.iterdir())


def test_a_moving_picture_is_small_and_short(tmp_path: Path) -> None:
    film, picture = tmp_path / 'film.mp4', tmp_path / 'docs' / 'film.webp'
    frames = [np.zeros((180, 320, 3), np.uint8) for _ in range(60)]
    for index, frame in enumerate(frames):
        frame[:, :5 * index] = 255
    write_video(film, frames, 15)
    write_moving_picture(film, picture, width=160, rate=10, longest=3.0)
    with Image.open(picture) as moving:
        assert moving.size == (160, 90) and moving.n_frames == 30
        moving.seek(29)
        assert abs(np.asarray(moving.convert('RGB')).mean() - 255 * 59 / 64) < 8
