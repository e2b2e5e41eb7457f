"""Claims about touches of the tool: camera, table, length of the tool."""

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from foresight.calibration.fit import FitConfig
from foresight.calibration.touches import (
    TouchConfig,
    base_points,
    camera_from_touches,
    find_table,
    find_tip,
)
from foresight.errors import ObservationError
from foresight.settings import SceneConfig

MATRIX = np.array([[615.0, 0.0, 318.0], [0.0, 616.0, 242.0], [0.0, 0.0, 1.0]])
CAMERA = np.eye(4)
CAMERA[:3, :3] = np.array([[0.0, -1.0, 0.0], [-1.0, 0.0, 0.0], [0.0, 0.0, -1.0]]) @ \
    Rotation.from_rotvec([0.1, -0.05, 0.02]).as_matrix()
CAMERA[:3, 3] = 0.52, 0.07, 1.20
MARKS = np.array([[0.32, -0.28, 0.0], [0.63, -0.27, 0.0], [0.64, 0.29, 0.0], [0.33, 0.27, 0.0],
                  [0.48, 0.02, 0.0], [0.40, -0.1, 0.10], [0.55, 0.15, 0.12], [0.5, -0.2, 0.15]])


def pixels_of(points):
    rays = (points - CAMERA[:3, 3]) @ CAMERA[:3, :3] @ MATRIX.T
    return rays[:, :2] / rays[:, 2:]


def test_camera_is_found_by_touching_points():
    generator = np.random.default_rng(0)
    points = MARKS + generator.normal(0.0, 2e-4, MARKS.shape)
    pixels = pixels_of(MARKS) + generator.uniform(-0.3, 0.3, (len(MARKS), 2))
    fit = camera_from_touches(points, pixels, MATRIX, FitConfig())
    gap = np.linalg.inv(CAMERA) @ fit.base_from_camera
    assert np.linalg.norm(gap[:3, 3]) < 0.003
    assert np.degrees(Rotation.from_matrix(gap[:3, :3]).magnitude()) < 0.2


def test_four_exact_touches_on_the_table_are_enough():
    fit = camera_from_touches(MARKS[:4], pixels_of(MARKS[:4]), MATRIX, FitConfig())
    assert np.abs(fit.base_from_camera - CAMERA).max() < 1e-4


@pytest.mark.parametrize(('points', 'pixels', 'words'), [
    (MARKS[:3], pixels_of(MARKS[:3]), '3 touches with a pixel, 4 are needed'),
    (MARKS[[0, 0, 0, 1, 1]] + np.arange(5)[:, None] * 1e-3, pixels_of(MARKS[[0, 0, 0, 1, 1]]),
     'not in a row'),
    (MARKS, pixels_of(MARKS[[1, 0, 2, 3, 4, 5, 6, 7]]), 'a swapped pair'),
])
def test_touches_that_say_too_little_or_contradict_are_refused(points, pixels, words):
    with pytest.raises(ObservationError, match=words):
        camera_from_touches(points, pixels, MATRIX, FitConfig())


TOUCHES = np.array([[0.30, -0.30, -0.04], [0.30, 0.30, -0.04], [0.62, -0.2, -0.04],
                    [0.60, 0.25, -0.04], [0.45, 0.0, -0.04]])


def test_table_gives_the_height_of_the_stand():
    generator = np.random.default_rng(1)
    noisy = TOUCHES + generator.normal(0.0, 3e-4, TOUCHES.shape)
    table = find_table(noisy, SceneConfig(), TouchConfig())
    assert table.stand[:2] == (0.0, 0.0) and table.stand[3] == 0.0
    assert abs(table.stand[2] - 0.04) < 1e-3 and table.miss < 1.5e-3


def test_near_corners_give_place_and_turn_of_the_stand():
    scene, turn, place = SceneConfig(), 0.1, np.array([0.02, 0.05])
    rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    corners = np.array([[0.30, -0.30], [0.30, 0.30], [0.62, 0.1], [0.55, -0.25]])
    flat = (corners - place) @ rotation  # table to base
    points = np.hstack([flat, np.full((4, 1), -0.03)])
    table = find_table(points, scene, TouchConfig(), corners=True)
    assert np.allclose(table.stand, (*place, 0.03, turn), atol=1e-9)
    assert abs(table.width - 0.6) < 1e-9
    with pytest.raises(ObservationError, match='touch its near corners first'):
        find_table(points[[0, 2, 1, 3]], scene, TouchConfig(), corners=True)


@pytest.mark.parametrize(('points', 'words'), [
    (TOUCHES[:2], '2 touches, 3 are needed'),
    (np.linspace(TOUCHES[0], TOUCHES[1], 5), 'not in a row'),
    (TOUCHES + np.array([0, 0, 0, 0, 8e-3])[:, None] * [0, 0, 1], 'let the tool just touch'),
    (TOUCHES + TOUCHES[:, :1] * [0, 0, 0.03], 'leans by 1.7 degrees'),
])
def test_touches_that_are_no_table_are_refused(points, words):
    with pytest.raises(ObservationError, match=words):
        find_table(points, SceneConfig(), TouchConfig())


def test_a_board_on_the_table_is_a_table():
    board = np.eye(4)
    board[:3, 3] = 0.0, 0.0, 1.2
    points = base_points(np.array([[0.1, 0.1, 0.0], [-0.1, 0.1, 0.0], [0.0, -0.1, 0.0]]),
                         np.array([[1.0, 0, 0, 0.5], [0, -1, 0, 0], [0, 0, -1, 1.16],
                                   [0, 0, 0, 1]]), board)
    assert abs(find_table(points, SceneConfig(), TouchConfig()).stand[2] - 0.04) < 1e-9


def flanges(tip, leans, noise=0.0):
    generator, point, made = np.random.default_rng(2), np.array([0.4, 0.1, 0.02]), []
    for lean in leans:
        pose = np.eye(4)
        pose[:3, :3] = np.diag([1.0, -1.0, -1.0]) @ Rotation.from_rotvec(lean).as_matrix()
        pose[:3, 3] = point - pose[:3, :3] @ tip + generator.normal(0.0, noise, 3)
        made.append(pose)
    return np.array(made)


LEANS = [[0.4, 0, 0], [-0.4, 0.1, 0.5], [0, 0.4, 1.0], [0.1, -0.4, -0.3], [0.3, 0.3, 0.2]]


def test_tip_of_a_tool_is_found_by_turning_it_about_a_point():
    tip = find_tip(flanges(np.array([0.001, -0.002, 0.1437]), LEANS, 2e-4), TouchConfig())
    assert np.abs(tip.place - [0.001, -0.002, 0.1437]).max() < 1e-3 and tip.miss < 1e-3


@pytest.mark.parametrize(('leans', 'noise', 'words'), [
    (LEANS[:3], 0.0, '3 touches, 4 are needed'),
    ([[0, 0, 0.3 * i] for i in range(5)], 0.0, 'three sides or more'),
    ([[0.2 * i, 0, 0] for i in range(5)], 0.0, 'three sides or more'),
    (LEANS, 8e-3, 'keep the tip on the point'),
])
def test_a_tool_that_hardly_turned_or_a_tip_that_slid_is_refused(leans, noise, words):
    with pytest.raises(ObservationError, match=words):
        find_tip(flanges(np.array([0.0, 0.0, 0.14]), leans, noise), TouchConfig())
