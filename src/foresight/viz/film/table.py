"""What is painted on the table of the big picture: actions, and where things would be."""

import cv2
import numpy as np
from jaxtyping import Float

from foresight.macro_action import Outline
from foresight.protocols import CameraView
from foresight.settings import SceneConfig
from foresight.viz.drawing import INK, camera_pixels, draw_lines
from foresight.viz.film.futures import HeatMap
from foresight.viz.film.look import CANDIDATE, Picture

GLOW = 0.62  # share of the colour where something is imagined


class TablePainter:
    """Paints in perspective, as one camera sees the plane of the table."""

    def __init__(self, view: CameraView, scene: SceneConfig) -> None:
        """Remember where the camera is."""
        self._view, self._scene = view, scene

    def ways(
        self, picture: Picture, outlines: tuple[Outline, ...], strength: float,
    ) -> None:
        """Paint where the tool would go, as thin arrows."""
        layer = picture.copy()
        for outline in outlines:
            draw_lines(layer, outline.lines[:1], self._pixels, CANDIDATE, 2)
            end = np.round(self._pixels(outline.lines[0][-1:])[0]).astype(int)
            cv2.circle(layer, (int(end[0]), int(end[1])), 4, CANDIDATE, -1, cv2.LINE_AA)
        cv2.addWeighted(layer, strength, picture, 1.0 - strength, 0.0, picture)

    def chosen(self, picture: Picture, outline: Outline, strength: float) -> None:
        """Paint the chosen action."""
        layer = picture.copy()
        draw_lines(layer, outline.lines, self._pixels, INK, 4)
        cv2.addWeighted(layer, strength, picture, 1.0 - strength, 0.0, picture)

    def glow(self, picture: Picture, heat: HeatMap, strength: float) -> None:
        """Let the table glow where something is imagined."""
        rows, columns = heat.shape
        (low_x, high_x), (low_y, high_y) = self._scene.view_x, self._scene.view_y
        corners = np.array([[high_x, high_y], [high_x, low_y], [low_x, low_y], [low_x, high_y]])
        cells = np.array([[0, 0], [columns, 0], [columns, rows], [0, rows]]) - 0.5
        warp = cv2.getPerspectiveTransform(
            cells.astype(np.float32), self._pixels(corners).astype(np.float32),
        )
        size = picture.shape[1], picture.shape[0]
        spread = cv2.warpPerspective(heat.astype(np.float32), warp, size, flags=cv2.INTER_CUBIC)
        left, top, width, height = cv2.boundingRect((spread > 0.0).astype(np.uint8))
        near = slice(top, top + height), slice(left, left + width)
        share = np.float32(GLOW * strength) * np.clip(spread[near], 0.0, 1.0)[..., None]
        part = picture[near]
        part[:] = part * (1.0 - share) + share * np.array(INK, np.float32)

    def _pixels(self, points: Float[np.ndarray, 'point 2']) -> Float[np.ndarray, 'point 2']:
        """Return where points of the table are in the picture."""
        return camera_pixels(points, self._view)
