"""Draw actions on the rectified view and on the camera image."""

from collections.abc import Callable

import cv2
import numpy as np
from jaxtyping import Float, UInt8

from foresight.macro_action import Outline
from foresight.protocols import CameraView
from foresight.settings import SceneConfig
from foresight.world_model.encoder import EncoderConfig

INK = (255, 138, 61)
"""Colour of a planned action, RGB."""
HALO = (24, 26, 31)
"""Colour drawn under it, so that it shows on any table."""
TINT = 0.22
"""Share of INK in the area that the tool passes over."""
_SHIFT = 4  # cv2 takes fixed-point coordinates: sixteenths of a pixel


def rectified_pixels(
    points: Float[np.ndarray, 'point 2'], scene: SceneConfig, encoder: EncoderConfig,
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
    image: UInt8[np.ndarray, 'h w 3'], outline: Outline | None, scene: SceneConfig,
    encoder: EncoderConfig, scale: int = 6,
) -> UInt8[np.ndarray, 'H W 3']:
    """Return the enlarged rectified view with table edge and planned action."""
    canvas = enlarge(image, scale)
    (near, far), (right, left) = scene.table_x, scene.table_y
    corners = np.array([[near, right], [far, right], [far, left], [near, left], [near, right]])
    _draw(canvas, rectified_pixels(corners, scene, encoder, scale), (255, 255, 255), 1)
    if outline is not None:
        _draw_outline(
            canvas, outline, lambda points: rectified_pixels(points, scene, encoder, scale),
        )
    return canvas


def draw_on_camera(
    image: UInt8[np.ndarray, 'h w 3'], outline: Outline | None, view: CameraView, scale: int = 4,
) -> UInt8[np.ndarray, 'H W 3']:
    """Return the enlarged camera image with the planned action drawn on the table plane."""
    canvas = enlarge(image, scale)
    if outline is not None:
        _draw_outline(canvas, outline, lambda points: camera_pixels(points, view, scale))
    return canvas


def _draw_outline(
    canvas: UInt8[np.ndarray, 'H W 3'], outline: Outline,
    pixels: Callable[[Float[np.ndarray, 'point 2']], Float[np.ndarray, 'point 2']],
) -> None:
    """Tint the area that the tool passes over and draw the outline in place."""
    swept = np.round(pixels(outline.area) * 2**_SHIFT).astype(np.int32)
    tinted = canvas.copy()
    cv2.fillPoly(tinted, [swept[:, None]], INK, cv2.LINE_AA, _SHIFT)
    canvas[:] = cv2.addWeighted(tinted, TINT, canvas, 1.0 - TINT, 0.0)
    width = max(1, canvas.shape[0] // 190)
    for color, extra in ((HALO, 2), (INK, 0)):
        for line in outline.lines:
            _draw(canvas, pixels(line), color, width + extra)


def draw_lines(
    canvas: UInt8[np.ndarray, 'H W 3'], lines: tuple[Float[np.ndarray, '_ 2'], ...],
    pixels: Callable[[Float[np.ndarray, 'point 2']], Float[np.ndarray, 'point 2']],
    color: tuple[int, int, int], width: int,
) -> None:
    """Draw the lines of an outline in place."""
    for line in lines:
        _draw(canvas, pixels(line), color, width)


def _draw(
    canvas: UInt8[np.ndarray, 'H W 3'], pixels: Float[np.ndarray, 'point 2'],
    color: tuple[int, int, int], width: int,
) -> None:
    """Draw an anti-aliased polyline in place."""
    fixed = np.round(pixels * 2**_SHIFT).astype(np.int32)
    cv2.polylines(canvas, [fixed[:, None]], False, color, width, cv2.LINE_AA, _SHIFT)
