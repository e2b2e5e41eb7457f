"""Claims about finding a camera by a board on the tool, in pictures with perspective and noise."""

import numpy as np
import pytest
from board_picture import DOWN, MATRIX, apart, draw_board, pose

from foresight.calibration.board import BoardConfig
from foresight.calibration.fit import FitConfig
from foresight.calibration.hand_eye import Sighting, find_camera
from foresight.errors import ObservationError

CAMERA = pose([0.52, 0.07, 1.23], [0.12, -0.09, 0.03], DOWN)
MOUNT = pose([0.03, -0.02, 0.05], [-0.2, 0.1, 0.05])  # it faces up on a tool that is down
BOARD, CONFIG = BoardConfig(), FitConfig()


def tools(count, generator, turns=(0.4, 0.4, 0.6), away=0.12):
    """Draw poses of a tool that points down, more or less."""
    places = np.array([0.50, 0.05, 0.35]) + generator.uniform(-away, away, (count, 3))
    leans = np.array(turns) * generator.uniform(-1.0, 1.0, (count, 3))
    return [pose(*each, np.diag([1.0, -1.0, -1.0])) for each in zip(places, leans, strict=True)]


def see(poses, seed=0):
    """Return the board on the tool at some poses, as pictures show it."""
    generator, seen = np.random.default_rng(seed), []
    for tool in poses:
        image = np.full((480, 640, 3), 110, np.uint8)
        there = np.linalg.inv(CAMERA) @ tool @ MOUNT
        corners = BOARD.find(draw_board(image, BOARD, there, MATRIX, generator))
        if corners is not None:
            seen.append(Sighting(tool, corners))
    return seen


@pytest.fixture(scope='module')
def seen():
    """Twelve pictures of the board."""
    found = see(tools(12, np.random.default_rng(0)))
    assert len(found) == 12
    return found


def moved(sightings, generator, sigma):
    """Return sightings by an arm that is where it says to within [m] and [rad]."""
    return [Sighting(each.base_from_tool @ pose(*generator.normal(0.0, sigma, (2, 3))),
                     each.corners) for each in sightings]


def test_camera_is_found_within_two_millimetres_and_a_fifth_of_a_degree(seen):
    fit = find_camera(seen, BOARD, MATRIX, CONFIG)
    place, turn = apart(fit.base_from_camera, CAMERA)
    assert place < 0.002 and turn < 0.2
    assert fit.pixels < 0.2 and fit.error < 0.0005 and fit.count == 12


@pytest.mark.parametrize('seed', range(5))
def test_an_arm_that_is_two_tenths_off_is_averaged_out_and_told(seen, seed):
    fit = find_camera(moved(seen, np.random.default_rng(seed), 2e-4), BOARD, MATRIX, CONFIG)
    place, turn = apart(fit.base_from_camera, CAMERA)
    assert place < 0.002 and turn < 0.2
    assert 0.1 < fit.pixels < 1.0 and fit.place_sigma > 1e-4


@pytest.mark.parametrize(('turns', 'words'), [
    ((0.0, 0.0, 0.0), 'turned by 0 degrees about one axis and 0.0'),
    ((0.0, 0.0, 0.6), 'turn the tool about two axes'),
    ((0.5, 0.03, 0.03), 'turn the tool about two axes'),
])
def test_poses_that_leave_the_camera_open_are_refused(seen, turns, words):
    poses = tools(12, np.random.default_rng(4), turns)
    sightings = [Sighting(tool, each.corners) for tool, each in zip(poses, seen, strict=True)]
    with pytest.raises(ObservationError, match=words):
        find_camera(sightings, BOARD, MATRIX, CONFIG)


def test_few_pictures_are_refused(seen):
    with pytest.raises(ObservationError, match='7 pictures show the whole board, 8 are needed'):
        find_camera(seen[:7], BOARD, MATRIX, CONFIG)


def test_a_board_that_slipped_is_refused(seen):
    slip = pose([0.0, 0.01, 0.0])
    slipped = [Sighting(each.base_from_tool @ slip, each.corners) for each in seen[6:]]
    with pytest.raises(ObservationError, match='fix the board to the tool'):
        find_camera([*seen[:6], *slipped], BOARD, MATRIX, CONFIG)


def test_a_square_that_was_measured_wrong_is_refused(seen):
    with pytest.raises(ObservationError, match='the square is as long as it was measured'):
        find_camera(seen, BoardConfig(square=0.027), MATRIX, CONFIG)


def test_an_arm_that_is_another_is_refused(seen):
    with pytest.raises(ObservationError, match='the robot file is that of the arm'):
        find_camera(moved(seen, np.random.default_rng(0), 0.02), BOARD, MATRIX, CONFIG)
