"""Claims about captures in a folder."""

import json

import numpy as np
import pytest

from foresight.calibration.captures import LISTING, Capture, Captures
from foresight.errors import FileError

NAMES = ('pan', 'lift', 'elbow')
IMAGE = np.random.default_rng(0).integers(0, 255, (6, 8, 3), np.uint8)


@pytest.fixture
def folder(tmp_path):
    captures = Capture(np.array([0.1, 0.2, 0.3]), IMAGE), Capture(np.ones(3), None, (3.5, 4.0))
    Captures(NAMES, np.eye(3), captures).save(tmp_path / 'kept')
    return tmp_path / 'kept'


def test_what_was_saved_comes_back_in_the_order_of_the_arm(folder):
    found = Captures.read(folder, ('elbow', 'pan', 'lift'))
    first, second = found.captures
    assert first.positions.tolist() == [0.3, 0.1, 0.2] and (first.image == IMAGE).all()
    assert second.image is None and second.pixel == (3.5, 4.0)
    assert (found.matrix == np.eye(3)).all()


def test_captures_of_another_arm_are_refused(folder):
    with pytest.raises(FileError, match='is of an arm with joints pan, lift, elbow: give its --r'):
        Captures.read(folder, ('pan', 'lift', 'wrist'))


def test_a_folder_without_captures_says_what_to_run(tmp_path):
    with pytest.raises(FileError, match='run `foresight calibrate capture` first'):
        Captures.read(tmp_path, NAMES)


@pytest.mark.parametrize(('key', 'value'), [
    ('positions', [0.1, 0.2]), ('positions', [0.1, 0.2, float('nan')]), ('positions', 'x'),
    ('image', '../secret.png'), ('image', '009.png'), ('pixel', [1.0]), ('pixel', {}),
])
def test_a_damaged_list_names_itself(folder, key, value):
    path = folder / LISTING
    listed = json.loads(path.read_text())
    listed['captures'][0][key] = value
    path.write_text(json.dumps(listed))
    with pytest.raises(FileError, match='captures.json'):
        Captures.read(folder, NAMES)
