import numpy as np
import pytest

from foresight.arrays import load_arrays, save_arrays
from foresight.data.repeated_actions import RepeatedActions, stack
from foresight.errors import DatasetError


def action(seed):
    random = np.random.default_rng(seed)
    images = random.integers(0, 255, (5, 8, 12, 3)).astype(np.uint8)
    return RepeatedActions(
        seed=np.array(seed), before=images[0], background=images[1],
        action=np.zeros(4, np.float32), status=np.ones(2, np.int8), after=images[2:],
        positions=np.zeros((3, 2, 3), np.float32), statuses=np.ones((3, 2), np.int8),
    )


def test_what_is_saved_comes_back(tmp_path):
    actions = stack([action(3), action(4)])
    save_arrays(actions, tmp_path / 'kept' / 'actions.npz')
    loaded = load_arrays(RepeatedActions, tmp_path / 'kept' / 'actions.npz')
    assert len(loaded) == 2
    assert loaded.repeats == 3
    assert loaded.seed.tolist() == [3, 4]
    assert (loaded.after == actions.after).all()


@pytest.mark.parametrize('content', [None, b'', b'not an archive'])
def test_a_missing_or_damaged_file_is_an_error(tmp_path, content):
    path = tmp_path / 'actions.npz'
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(DatasetError, match='delete it'):
        load_arrays(RepeatedActions, path)
