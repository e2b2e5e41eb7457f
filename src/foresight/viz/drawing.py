"""Draw pushes and maps on the rectified view and on the camera image."""

from collections.abc import Callable

import cv2
import numpy as np
from jaxtyping import Float, UInt8

from foresight.protocols import CameraView
from foresight.settings import SceneConfig
from foresight.world_model.encoder import EncoderConfig

INK = (255, 138, 61)
"""Colour of a planned push, RGB."""
HALO = (24, 26, 31)
"""Colour drawn under it, so that it shows on any table."""
TINT = 0.22
"""Share of INK in the area that the paddle sweeps."""
PADDLE = (0.12, 0.01)
"""Paddle width and thickness [m]."""
_SHIFT = 4  # cv2 takes fixed-point coordinates: sixteenths of a pixel


def outline(push: Float[np.ndarray, '4']) -> list[Float[np.ndarray, 'point 2']]:
    """Return polylines [m] in `base_link`: shaft, head, and the paddle at both ends."""
    x, y, heading, length = push
    forward = np.array([np.cos(heading), np.sin(heading)])
    aside = np.array([-forward[1], forward[0]])
    start = np.array([x, y])
    end = start + length * forward
    half = PADDLE[0] / 2 * aside
    head = [end - 0.03 * forward + 0.018 * aside, end, end - 0.03 * forward - 0.018 * aside]
    return [np.stack([start, end]), np.stack(head), np.stack([start - half, start + half]),
            np.stack([end - half, end + half])]


def rectified_pixels(
    points: Float[np.ndarray, 'point 2'],
    scene: SceneConfig,
    encoder: EncoderConfig,
    scale: int = 1,
) -> Float[np.ndarray, 'point 2']:
    """Return [column, row] of table points [m] in the rectified view, enlarged by `scale`."""
    (low_x, high_x), (low_y, high_y) = scene.view_x, scene.view_y
    rows = (high_x - points[:, 0]) / (high_x - low_x) * encoder.rows
    columns = (high_y - points[:, 1]) / (high_y - low_y) * encoder.columns
    return np.stack([columns, rows], 1) * scale - 0.5


def camera_pixels(
    points: Float[np.ndarray, 'point 2'], view: CameraView, scale: int = 1
) -> Float[np.ndarray, 'point 2']:
    """Return [column, row] of points on the table plane [m] in a camera image."""
    flat = np.column_stack([points, np.zeros(len(points)), np.ones(len(points))])
    p_camera = (np.linalg.inv(view.base_from_camera) @ flat.T)[:3]
    pixels = (view.matrix @ p_camera).T
    return (pixels[:, :2] / pixels[:, 2:] + 0.5) * scale - 0.5


def enlarge(image: UInt8[np.ndarray, 'h w 3'], scale: int) -> UInt8[np.ndarray, 'H W 3']:
    """Enlarge an image without blurring its pixels into mud."""
    size = (image.shape[1] * scale, image.shape[0] * scale)
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_CUBIC), np.uint8)


def draw_on_rectified(
    image: UInt8[np.ndarray, 'h w 3'],
    push: Float[np.ndarray, '4'] | None,
    scene: SceneConfig,
    encoder: EncoderConfig,
    scale: int = 6,
) -> UInt8[np.ndarray, 'H W 3']:
    """Return the enlarged rectified view with table edge and planned push."""
    canvas = enlarge(image, scale)
    (near, far), (right, left) = scene.table_x, scene.table_y
    corners = np.array([[near, right], [far, right], [far, left], [near, left], [near, right]])
    _draw(canvas, rectified_pixels(corners, scene, encoder, scale), (255, 255, 255), 1)
    if push is not None:
        _draw_push(canvas, push, lambda points: rectified_pixels(points, scene, encoder, scale))
    return canvas


def draw_on_camera(
    image: UInt8[np.ndarray, 'h w 3'],
    push: Float[np.ndarray, '4'] | None,
    view: CameraView,
    scale: int = 4,
) -> UInt8[np.ndarray, 'H W 3']:
    """Return the enlarged camera image with the planned push drawn on the table plane."""
    canvas = enlarge(image, scale)
    if push is not None:
        _draw_push(canvas, push, lambda points: camera_pixels(points, view, scale))
    return canvas


def _draw_push(
    canvas: UInt8[np.ndarray, 'H W 3'],
    push: Float[np.ndarray, '4'],
    pixels: Callable[[Float[np.ndarray, 'point 2']], Float[np.ndarray, 'point 2']],
) -> None:
    """Tint the area that the paddle sweeps and draw the outline of the push in place."""
    shaft, head, start, end = outline(push)
    swept = np.round(pixels(np.concatenate([start, end[::-1]])) * 2**_SHIFT).astype(np.int32)
    tinted = canvas.copy()
    cv2.fillPoly(tinted, [swept[:, None]], INK, cv2.LINE_AA, _SHIFT)
    canvas[:] = cv2.addWeighted(tinted, TINT, canvas, 1.0 - TINT, 0.0)
    width = max(1, canvas.shape[0] // 190)
    for color, extra in ((HALO, 2), (INK, 0)):
        for line in (shaft, head, start, end):
            _draw(canvas, pixels(line), color, width + extra)


def _draw(
    canvas: UInt8[np.ndarray, 'H W 3'],
    pixels: Float[np.ndarray, 'point 2'],
    color: tuple[int, int, int],
    width: int,
) -> None:
    """Draw an anti-aliased polyline in place."""
    fixed = np.round(pixels * 2**_SHIFT).astype(np.int32)
    cv2.polylines(canvas, [fixed[:, None]], False, color, width, cv2.LINE_AA, _SHIFT)
