import numpy as np
import pytest

from foresight.training.clutter import Clutter, moving_pixel, painted, things

PLACE = np.array([10, 20])


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
    covered = painted(frames, background, PLACE, True, random())
    changed = (covered != frames).any(axis=3)
    assert changed[:, 10, 20].all()  # under the board
    assert (covered[:, 10, 20] == covered[0, 10, 20]).all()


def test_a_plank_lies_under_things(frames, background):
    laid = painted(frames, background, PLACE, False, random())
    thing = things(frames, background)
    assert (laid[thing] == 200).all()
    empty = ~thing[:, 10, 20]
    assert empty.any() and (laid[empty, 10, 20] != 90).any(axis=1).all()


def test_it_is_put_where_something_moves(frames):
    rows, columns = zip(*(moving_pixel(frames, 4, random()) for _ in range(20)), strict=True)
    assert set(rows) <= set(range(9, 13))
    assert min(columns) >= 2 * 4
    assert moving_pixel(frames[:1].repeat(12, axis=0), 4, random()) is None


def test_shares_decide_how_many_clips_are_changed(frames, background):
    generator = random()
    for boards, planks, low, high in ((0.0, 0.0, 0, 0), (0.3, 0.2, 80, 120), (0.5, 0.5, 200, 200)):
        clutter = Clutter(boards, planks, 4)
        changed = sum(
            not np.array_equal(clutter(frames, background, generator), frames) for _ in range(200)
        )
        assert low <= changed <= high


def test_a_still_clip_stays_as_it_is(background):
    still = np.repeat(background[None], 12, axis=0)
    assert Clutter(0.5, 0.5, 4)(still, background, random()) is still
