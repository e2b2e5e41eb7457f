from dataclasses import replace

import numpy as np
import pytest

from foresight.data.transitions import join
from foresight.errors import DatasetError
from foresight.learning.batches.replay import Mixture, alike, mixture_of


def test_a_step_has_its_share_of_old_actions():
    mixture = mixture_of(new=50, old=200, batch=16, share=0.25, seed=0)
    for step in range(20):
        assert (mixture(step) >= 50).sum() == 4 and len(mixture(step)) == 16


def test_a_few_actions_go_round_evenly_however_large_a_step_is():
    mixture = Mixture((5,), (8,), seed=1)
    drawn = np.concatenate([mixture(step) for step in range(5)])
    assert np.bincount(drawn).tolist() == [8] * 5


def test_the_order_depends_on_seed_and_step_alone():
    one, same, other = (Mixture((40, 9), (6, 2), seed) for seed in (3, 3, 4))
    assert np.array_equal(one(7), same(7))
    assert not np.array_equal(one(7), other(7))


def test_some_new_actions_are_in_every_step():
    assert (mixture_of(new=3, old=90, batch=8, share=0.95, seed=0)(0) < 3).sum() == 1


def test_nothing_to_learn_from_is_an_error():
    with pytest.raises(DatasetError, match='record more tables'):
        mixture_of(new=0, old=10, batch=8, share=0.5, seed=0)


def test_labels_that_nobody_knows_are_not_a_number(blobs, lone_blobs):
    bare = replace(blobs, objects=blobs.objects[:, :0])
    labelled, lone, unknown = alike((blobs, lone_blobs, bare))
    assert labelled is blobs
    assert np.isnan(unknown.objects).all() and unknown.objects.shape == blobs.objects.shape
    assert (lone.objects[:, 1:] == 0.0).all()
    assert len(join((labelled, lone, unknown))) == 2 * len(blobs) + len(lone_blobs)
