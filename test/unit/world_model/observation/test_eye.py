"""The eye tells things from what the camera does."""

import cv2
import numpy as np
import pytest

from foresight.world_model.observation.eye import fit_light, place, see, see_levels, unexplained

THING = np.s_[20:26, 30:36]
DRAWS = np.random.default_rng(0)


@pytest.fixture
def empty():
    picture = np.full((64, 96, 3), (150, 140, 130), np.uint8)
    picture[16:44, 20:70] = (90, 110, 160)
    picture[16:44, 70:84] = (200, 180, 190)
    return picture


@pytest.fixture
def laid(empty):
    picture = empty.copy()
    picture[THING] = (210, 40, 40)
    return picture


def levels(picture):
    return np.clip(np.rint(picture), 0, 255).astype(np.uint8)


def ghosts(seen, empty):
    """Largest difference away from the thing, whose edges may be blurred."""
    difference = np.abs(seen - empty).sum(axis=2)
    difference[18:28, 28:38] = 0.0
    return difference.max()


def shown(seen, empty):
    return np.abs(seen - empty).sum(axis=2)[THING].mean()


def test_a_picture_of_the_same_camera_stays_to_the_bit(empty, laid):
    np.testing.assert_array_equal(see(laid, empty), laid)


@pytest.mark.parametrize('colours', [
    (0.85, 0.85, 0.85), (0.6, 0.6, 0.6), (1.15, 1.15, 1.15), (1.08, 1.0, 0.92), (1.5, 1.5, 1.5),
])
def test_another_light_shows_the_same_thing_and_no_ghost(empty, laid, colours):
    seen = see(levels(laid * np.array(colours)), empty)
    assert ghosts(seen, empty) < 6.0
    assert shown(seen, empty) == pytest.approx(shown(laid.astype(float), empty), rel=0.25)


def test_dark_corners_are_no_things(empty, laid):
    y, x = np.mgrid[-1:1:64j, -1:1:96j]
    seen = see(levels(laid * (1.0 - 0.12 * (x**2 + y**2) / 2)[..., None]), empty)
    assert ghosts(seen, empty) < 6.0


def test_noise_is_no_thing(empty, laid):
    seen = see(levels(laid + DRAWS.normal(0.0, 8.0, laid.shape)), empty)
    assert ghosts(seen, empty) < 30.0
    assert np.median(np.abs(seen - empty)) == 0.0
    assert shown(seen, empty) == pytest.approx(shown(laid.astype(float), empty), rel=0.1)


@pytest.mark.parametrize('way', [(1.0, 0.0), (0.0, -1.5), (1.5, 1.0)])
def test_a_picture_that_moved_is_moved_back(empty, laid, way):
    matrix = np.array([[1.0, 0.0, way[0]], [0.0, 1.0, way[1]]])
    moved = cv2.warpAffine(laid, matrix, (96, 64), borderMode=cv2.BORDER_REPLICATE)
    seen = see(moved, empty)
    assert ghosts(seen, empty) < 40.0
    assert np.abs(seen - empty).sum(axis=2)[21:25, 31:35].min() > 200.0  # where it is, not seen


def test_a_picture_that_moved_far_is_left_to_surprise(empty, laid):
    moved = cv2.warpAffine(laid, np.array([[1.0, 0.0, 4.0], [0.0, 1.0, 0.0]]), (96, 64))
    assert place(moved, empty)[0] is moved


def test_things_alone_move_nothing(empty, laid):
    assert place(laid, empty)[0] is laid
    arm = laid.copy()
    arm[:50, 40:75] = (20, 20, 20)
    assert place(arm, empty)[0] is arm


def test_a_picture_without_light_is_left_alone(empty):
    dark = np.zeros_like(empty)
    light = fit_light(dark, empty)
    assert (light.gain == 1.0).all()
    np.testing.assert_array_equal(see(dark, dark), dark)


def test_what_is_kept_is_the_picture_in_grey_levels(empty, laid):
    np.testing.assert_array_equal(see_levels(laid, empty), laid)
    kept = see_levels(levels(laid * 0.7), empty)
    assert kept.dtype == np.uint8
    assert np.abs(kept.astype(int) - laid).max() <= 8


def test_things_leave_most_of_the_view_explained_and_a_hand_does_not(empty, laid):
    darker = levels(laid * 0.8 + DRAWS.normal(0.0, 3.0, laid.shape))
    assert unexplained(see(darker, empty), empty) == pytest.approx(36 / (64 * 96), abs=0.003)
    darker[:40, 40:60] = (190, 140, 120)
    assert unexplained(see(darker, empty), empty) > 0.07
