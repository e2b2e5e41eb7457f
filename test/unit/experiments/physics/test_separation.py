import numpy as np
import pytest

from foresight.data.clips import ClipPairs
from foresight.experiments.physics.separation import (
    Curves,
    auroc,
    by_variant,
    overall,
    pair_accuracy,
    separation,
    watch,
)
from foresight.learning.probes.clip_surprise import pixel_surprise


def test_auroc_of_known_lists():
    assert auroc(np.array([1.0, 2.0]), np.array([3.0, 4.0])) == 1.0
    assert auroc(np.array([3.0, 4.0]), np.array([1.0, 2.0])) == 0.0
    assert auroc(np.array([1.0, 3.0]), np.array([2.0, 4.0])) == 0.75
    assert auroc(np.array([1.0, 1.0]), np.array([1.0])) == 0.5


def test_auroc_is_the_share_of_ordered_pairs():
    generator = np.random.default_rng(0)
    possible, impossible = generator.integers(0, 9, 40) / 2, generator.integers(0, 9, 30) / 2
    share = np.mean([(b > a) + 0.5 * (b == a) for a in possible for b in impossible])
    assert auroc(possible, impossible) == pytest.approx(share)


def test_a_tie_counts_half():
    assert pair_accuracy(np.array([1.0, 1.0]), np.array([1.0, 2.0])).successes == 1
    assert pair_accuracy(np.ones(4), np.ones(4)).value == 0.5


def test_average_decides_pairs_and_maximum_single_clips():
    possible = np.array([[0.0, 5.0], [0.0, 5.0]])
    impossible = np.array([[4.0, 4.0], [4.0, 4.0]])
    found = separation(Curves(possible, impossible, np.arange(2)))
    assert found.pairs.value == 1.0
    assert found.auroc.value == 0.0


def test_overall_weighs_every_pair_alike():
    good = Curves(np.zeros((3, 2)), np.ones((3, 2)), np.arange(3))
    bad = Curves(np.ones((1, 2)), np.zeros((1, 2)), np.arange(1))
    assert overall({'a': good, 'b': bad}).pairs.value == 0.75


def test_pixels_are_surprised_by_change_after_the_context():
    clip = np.zeros((1, 5, 2, 2, 3), np.uint8)
    clip[0, 1:] = 9  # The context itself may change as it likes.
    late = clip.copy()
    late[0, 4] = 11
    empty = np.zeros((1, 2, 2, 3), np.uint8)
    watcher = pixel_surprise('pixels', context=2)
    assert watcher(clip, empty)['pixels'].tolist() == [[0.0, 0.0, 0.0]]
    assert watcher(late, empty)['pixels'].tolist() == [[0.0, 0.0, 2.0]]
    pairs = ClipPairs(clip, late, empty, np.array([4]), np.array(['jump a']), np.array([0]))
    assert by_variant(watch(watcher, pairs)['pixels'], pairs)['jump a'].successes == 1
