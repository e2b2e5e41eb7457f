import numpy as np
import pytest

from foresight.errors import DatasetError
from foresight.learning.batches.actions import first_actions, rows_of_step, split_episodes


def test_an_epoch_visits_every_action_once():
    rows = np.concatenate([rows_of_step(64, 16, seed=3, step=step) for step in range(4)])
    assert sorted(rows) == list(range(64))


def test_epochs_differ_and_repeat_with_the_seed():
    first, second = rows_of_step(64, 16, 3, 0), rows_of_step(64, 16, 3, 4)
    assert not np.array_equal(first, second)
    assert np.array_equal(first, rows_of_step(64, 16, 3, 0))


def test_no_episode_is_on_both_sides(blobs):
    train, held_out = split_episodes(blobs, 0.2)
    assert not set(train.episode) & set(held_out.episode)
    assert len(train) + len(held_out) == len(blobs)
    assert len(set(held_out.episode)) == 12


def test_the_first_actions_are_whole_episodes(blobs):
    few = first_actions(blobs, 13)
    assert sorted(set(few.episode.tolist())) == [0, 1, 2] and len(few) == 18
    assert len(first_actions(blobs, 12)) == 12
    assert first_actions(blobs, 0) is blobs
    with pytest.raises(DatasetError, match='there are only 360'):
        first_actions(blobs, 361)
