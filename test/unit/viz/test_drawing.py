"""Claims about drawings."""

import numpy as np
import pytest

from foresight.actions.push.macro_action import PushAction
from foresight.protocols import CameraView
from foresight.settings import SceneConfig
from foresight.viz.drawing import (
    INK,
    camera_pixels,
    draw_on_camera,
    draw_on_rectified,
    rectified_pixels,
)
from foresight.world_model.encoder import EncoderConfig

SCENE, ENCODER = SceneConfig(), EncoderConfig()
PUSH = PushAction().outline(np.array([0.45, -0.1, np.pi / 2, 0.3]))


def overhead() -> CameraView:
    pose = np.eye(4)
    pose[:3, :3] = [[0.0, -1.0, 0.0], [-1.0, 0.0, 0.0], [0.0, 0.0, -1.0]]
    pose[:3, 3] = 0.5, 0.1, 1.25
    matrix = np.array([[125.0, 0.0, 63.5], [0.0, 125.0, 47.5], [0.0, 0.0, 1.0]])
    return CameraView(matrix, pose, 128, 96)


def test_outline_runs_from_start_to_end() -> None:
    np.testing.assert_allclose(PUSH.lines[0], [[0.45, -0.1], [0.45, 0.2]], atol=1e-12)


def test_first_pixel_is_far_left() -> None:
    corner = np.array([[SCENE.view_x[1] - 0.00625, SCENE.view_y[1] - 0.00625]])
    np.testing.assert_allclose(rectified_pixels(corner, SCENE, ENCODER), [[0.0, 0.0]], atol=1e-9)


def test_the_point_below_the_camera_is_the_image_centre() -> None:
    place = camera_pixels(np.array([[0.5, 0.1]]), overhead())
    np.testing.assert_allclose(place, [[63.5, 47.5]], atol=1e-9)


@pytest.mark.parametrize('scale', [2, 6])
def test_the_action_is_drawn_where_it_goes(scale: int) -> None:
    grey = np.full((64, 96, 3), 90, np.uint8)
    drawn = draw_on_rectified(grey, PUSH, SCENE, ENCODER, scale)
    assert drawn.shape == (64 * scale, 96 * scale, 3)
    column, row = rectified_pixels(np.array([[0.45, 0.1]]), SCENE, ENCODER, scale)[0]
    near = drawn[round(row) - 1 : round(row) + 2, round(column) - 1 : round(column) + 2]
    assert (near[..., 0].astype(int) - near[..., 2]).max() > 0.7 * (INK[0] - INK[2])


def test_without_an_action_only_the_table_is_outlined() -> None:
    grey = np.full((96, 128, 3), 90, np.uint8)
    assert (draw_on_camera(grey, None, overhead(), 2) == 90).all()
