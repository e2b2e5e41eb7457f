import numpy as np
import pytest

from foresight.learning.batches.clutter import Clutter, moving_pixel, painted, things

PLACE = np.array([10, 20])
TABLE = np.ones((32, 48), bool)


@pytest.fixture
def background():
    return np.full((32, 48, 3), 90, np.uint8)


@pytest.fixture
def frames(background):
    """A bright square of four pixels that slides to the right."""
    clip = np.repeat(background[None], 12, axis=0)
    for frame in range(12):
        clip[frame, 9:13, 2 * frame:2 * frame + 4] = 200
    return clip


def random():
    return np.random.default_rng(0)


def test_a_board_hides_what_moves_and_stays_where_it_is(frames, background):
    covered = Clutter(1.0, 0.0, 4)(frames, background, TABLE, random())
    changed = (covered != frames).any(axis=3).all(axis=0)
    assert changed[9:13].any()
    assert (covered[:, changed] == covered[0, changed]).all()


def test_a_plank_lies_under_things_and_on_the_table(frames, background):
    table = TABLE.copy()
    table[:, 30:] = False
    laid = Clutter(0.0, 1.0, 4)(frames, background, table, random())
    assert (laid[things(frames, background)] == 200).all()
    changed = (laid != frames).any(axis=(0, 3))
    assert changed.any() and not changed[:, 30:].any()


def test_a_rectangle_covers_its_place(frames):
    where = np.ones(frames.shape[:3], bool)
    for seed in range(20):
        shown = painted(frames, where, PLACE, (8, 16), np.random.default_rng(seed))
        changed = (shown != frames).any(axis=(0, 3))
        assert changed[tuple(PLACE)] and 8 <= changed.any(axis=0).sum() <= 16


def test_it_is_put_where_something_moves(frames):
    rows, columns = zip(*(moving_pixel(frames, 4, random()) for _ in range(20)), strict=True)
    assert set(rows) <= set(range(9, 13))
    assert min(columns) >= 2 * 4
    assert moving_pixel(frames[:1].repeat(12, axis=0), 4, random()) is None


def test_shares_decide_how_many_clips_are_changed(frames, background):
    generator = random()
    for boards, planks, low, high in ((0.0, 0.0, 0, 0), (0.3, 0.2, 80, 120), (0.5, 0.5, 200, 200)):
        clutter = Clutter(boards, planks, 4)
        clips = [clutter(frames, background, TABLE, generator) for _ in range(200)]
        changed = sum(not np.array_equal(clip, frames) for clip in clips)
        assert low <= changed <= high


def test_a_still_clip_stays_as_it_is(background):
    still = np.repeat(background[None], 12, axis=0)
    assert Clutter(0.5, 0.5, 4)(still, background, TABLE, random()) is still
