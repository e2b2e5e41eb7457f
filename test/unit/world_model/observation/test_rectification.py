"""Rectification: what lies on the table appears where the grid says."""

from dataclasses import replace

import numpy as np
import pytest

from foresight.errors import ObservationError
from foresight.protocols import CameraView
from foresight.settings import SceneConfig
from foresight.world_model.encoder import EncoderConfig
from foresight.world_model.observation.rectification import Rectifier, project_points

DOWN = np.array([[0.0, -1.0, 0.0], [-1.0, 0.0, 0.0], [0.0, 0.0, -1.0]])


def make_view(width=128, height=96, position=(0.5, 0.1, 1.25), tilt=0.03) -> CameraView:
    focal = height / 2 / np.tan(0.785 / 2)
    pose = np.eye(4)
    cos, sin = np.cos(tilt), np.sin(tilt)
    pose[:3, :3] = DOWN @ np.array([[1, 0, 0], [0, cos, -sin], [0, sin, cos]])
    pose[:3, 3] = position
    matrix = np.array([[focal, 0, width / 2 - 0.5], [0, focal, height / 2 - 0.5], [0, 0, 1]])
    return CameraView(matrix, pose, width, height)


def draw_blob(view: CameraView, point: tuple[float, float], radius: float) -> np.ndarray:
    """Draw a soft spot around a point of the table."""
    column, row = project_points(np.array([[*point, 0.0]]), view)[0]
    rows, columns = np.mgrid[: view.height, : view.width]
    spot = np.exp(-((rows - row) ** 2 + (columns - column) ** 2) / (2 * radius**2))
    return np.repeat((255 * spot)[..., None], 3, axis=2).astype(np.uint8)


@pytest.fixture
def rectifier() -> Rectifier:
    return Rectifier(SceneConfig(), EncoderConfig())


@pytest.mark.parametrize('point', [(0.2, -0.4), (0.5, 0.1), (0.8, 0.6), (0.33, 0.45)])
@pytest.mark.parametrize('scale', [1, 4])
def test_a_point_of_the_table_appears_in_its_cell(rectifier, point, scale):
    view = make_view(128 * scale, 96 * scale)
    grid = rectifier.rectify(draw_blob(view, point, 3.0 * scale), view)[..., 0].astype(float)
    rows, columns = np.mgrid[:64, :96]
    seen = np.array([(grid * rows).sum(), (grid * columns).sum()]) / grid.sum()
    np.testing.assert_allclose(seen, rectifier.cell(np.array(point)), atol=0.3)


def test_far_is_up_and_left_is_left(rectifier):
    np.testing.assert_allclose(rectifier.position(np.zeros(2)), (0.89375, 0.69375))
    np.testing.assert_allclose(rectifier.position(np.array([63.0, 95.0])), (0.10625, -0.49375))


def test_cell_inverts_position(rectifier):
    cells = np.random.default_rng(0).uniform(0, 60, (50, 2))
    np.testing.assert_allclose(rectifier.cell(rectifier.position(cells)), cells, atol=1e-9)


def test_project_agrees_with_cell_on_the_table(rectifier):
    points = np.random.default_rng(1).uniform((0.2, -0.4), (0.8, 0.6), (50, 2))
    cells = rectifier.project(np.column_stack([points, np.zeros(50)]), make_view())
    np.testing.assert_allclose(cells, rectifier.cell(points), atol=1e-6)


def test_points_below_the_table_appear_nearer_to_the_camera(rectifier):
    view = make_view(tilt=0.0)
    on_floor = rectifier.project(np.array([[0.5, -0.4, -0.1]]), view)[0]
    assert rectifier.position(on_floor)[1] == pytest.approx(0.1 - 0.5 * 1.25 / 1.35)


def test_inside_is_the_rectified_view(rectifier):
    points = np.array([[0.101, -0.499], [0.899, 0.699], [0.09, 0.0], [0.5, 0.71]])
    assert rectifier.inside(points).tolist() == [True, True, False, False]


def test_a_fine_camera_is_averaged(rectifier):
    view = make_view(1024, 768)
    checker = np.indices((768, 1024)).sum(axis=0) % 2 * 255
    grid = rectifier.rectify(np.repeat(checker[..., None], 3, axis=2).astype(np.uint8), view)
    assert grid.std() < 25


def test_a_moved_camera_is_noticed(rectifier):
    near, far = make_view(), make_view(position=(0.5, 0.1, 1.4))
    image = draw_blob(far, (0.3, 0.5), 2.0)
    rectifier.rectify(draw_blob(near, (0.3, 0.5), 2.0), near)
    moved = rectifier.rectify(image, far)
    fresh = Rectifier(SceneConfig(), EncoderConfig()).rectify(image, far)
    np.testing.assert_array_equal(moved, fresh)


@pytest.mark.parametrize(
    'image',
    [
        np.zeros((96, 127, 3), np.uint8), np.zeros((96, 128), np.uint8),
        np.zeros((96, 128, 4), np.uint8), np.zeros((96, 128, 3), np.float32),
    ],
)
def test_a_wrong_image_is_refused_with_the_remedy(rectifier, image):
    with pytest.raises(ObservationError, match='publish rgb8 images'):
        rectifier.rectify(image, make_view())


def test_a_pose_that_is_not_finite_is_refused(rectifier):
    pose = make_view().base_from_camera
    pose[0, 3] = np.nan
    view = replace(make_view(), base_from_camera=pose)
    with pytest.raises(ObservationError, match='not finite'):
        rectifier.rectify(np.zeros((96, 128, 3), np.uint8), view)


@pytest.mark.parametrize(
    ('position', 'tilt'),
    [((0.5, 0.1, 0.6), 0.0), ((1.5, 0.1, 1.25), 0.0), ((0.5, 0.1, 1.25), 3.0)],
)
def test_a_view_that_misses_the_table_is_refused(rectifier, position, tilt):
    view = make_view(position=position, tilt=tilt)
    with pytest.raises(ObservationError, match='does not see'):
        rectifier.rectify(np.zeros((96, 128, 3), np.uint8), view)
