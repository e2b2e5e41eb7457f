"""Claims about the empty table on disk."""

from pathlib import Path

import numpy as np
import pytest

from foresight.errors import FileError, ObservationError
from foresight.protocols import CameraView, Observation
from foresight.world_model.observation.background import load_background, save_background

IMAGE = np.random.default_rng(0).integers(0, 255, (6, 8, 3), np.uint8)
EMPTY = Observation(IMAGE, CameraView(np.eye(3), np.eye(4), 8, 6), 3.5)


def test_empty_table_comes_back(tmp_path: Path) -> None:
    save_background(tmp_path / 'deep' / 'empty.npz', EMPTY)
    back = load_background(tmp_path / 'deep' / 'empty.npz')
    assert np.array_equal(back.image, IMAGE) and back.stamp == 3.5
    assert (back.view.width, back.view.height) == (8, 6)


def test_damaged_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / 'empty.npz'
    save_background(path, EMPTY)
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(ObservationError, match='capture again'):
        load_background(path)


def test_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / 'file').write_text('')
    with pytest.raises(FileError, match='cannot write'):
        save_background(tmp_path / 'file' / 'empty.npz', EMPTY)
