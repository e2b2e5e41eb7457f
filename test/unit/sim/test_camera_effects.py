"""A camera reacts to what it sees, slowly, and its lamps flicker."""

import numpy as np
import pytest

from foresight.sim.camera_effects import RealCamera, flicker, make_effect, react

GREY = np.full((96, 128, 3), 120, np.uint8)


def draws(seed=0):
    return np.random.default_rng(seed)


def taken(pictures, seed=0):
    camera, generator = RealCamera(), draws(seed)
    return [camera(picture, generator) for picture in pictures]


def with_arm(level, colour=slice(None)):
    picture = GREY.copy()
    picture[:60, 40:90, colour] = level
    return picture


def corner(picture):
    """What a place shows that the arm does not reach, over many pixels."""
    return picture[70:, :].mean(axis=(0, 1))


def test_flicker_goes_through_the_rows_and_beats():
    first, then = flicker(GREY, draws(), 0.0), flicker(GREY, draws(), 0.5)
    assert (first.max(), first.min()) == (124, 120)
    assert (then.max(), then.min()) == (120, 116)
    assert (first == first[:, :1]).all()


def test_exposure_and_white_balance_come_to_their_answer_and_stay():
    excess, gains, far = np.array([0.2, 0.0, -0.1]), np.zeros(3), []
    for _ in range(80):
        gains = react(gains, excess)
        far.append(np.abs(gains + 0.5 * excess).max())
    assert far[-1] < 1e-4
    assert all(later <= sooner for sooner, later in zip(far, far[1:]))


def test_exposure_answers_sooner_than_white_balance():
    brighter, redder = react(np.zeros(3), np.full(3, 0.2)), react(np.zeros(3), np.eye(3)[0] * 0.2)
    np.testing.assert_allclose(brighter, -0.03)
    assert redder[0] - redder[1] == pytest.approx(-0.01)


@pytest.mark.parametrize(('arm', 'way'), [(10, 1.0), (240, -1.0)])
def test_an_arm_that_comes_in_changes_the_light_of_the_rest_slowly(arm, way):
    still, come = taken([GREY] * 30), taken([GREY] + [with_arm(arm)] * 29)
    change = way * np.array([corner(b).mean() - corner(a).mean() for a, b in zip(still, come)])
    assert abs(change[1]) < 0.5  # seen one picture late
    assert 0.5 < change[2] < 0.6 * change[-1]
    assert change[-1] > 3.0


def test_a_red_arm_makes_the_rest_less_red():
    still, come = taken([GREY] * 60), taken([GREY] + [with_arm(240, 0)] * 59)
    red, green, _ = corner(come[-1]) / corner(still[-1])
    assert red < green - 0.02


def test_without_change_the_light_only_flickers():
    levels = np.array([corner(picture).mean() for picture in taken([GREY] * 30)])
    assert np.ptp(levels) / levels.mean() < 0.07


def test_pictures_are_those_of_the_seed():
    first, again, other = (taken([GREY] * 3, seed) for seed in (3, 3, 4))
    np.testing.assert_array_equal(first, again)
    assert (np.array(first) != np.array(other)).any()


def test_every_camera_that_is_made_begins_anew():
    made = [make_effect('real') for _ in range(2)]
    made[0](with_arm(10), draws(5))
    np.testing.assert_array_equal(made[1](GREY, draws()), RealCamera()(GREY, draws()))


def test_without_an_effect_the_picture_is_left():
    assert make_effect('none')(GREY, draws()) is GREY
