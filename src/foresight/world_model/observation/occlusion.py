"""Occlusion: which cells of the latent an arm or another thing before the camera hides."""

import cv2
import numpy as np
import torch
from jaxtyping import Bool, Float

from foresight.protocols import CameraView, CellMap
from foresight.robots.shape import ArmShape
from foresight.world_model.observation.rectification import Rectifier, project_points

NEAREST = 0.05  # what is nearer to the camera is cut off [m]
FRACTION = 4  # bits of a pixel in which polygons are drawn

Points = Float[np.ndarray, '_ 3']
Mask = Bool[np.ndarray, 'row column']


def silhouette(hulls: tuple[Points, ...], view: CameraView) -> Bool[np.ndarray, 'height width']:
    """Return which pixels show convex bodies, the hulls of points in `base_link` [m]."""
    image = np.zeros((view.height, view.width), np.uint8)
    for points in hulls:
        ahead = _cut(points, view)
        if len(ahead) < 3:
            continue
        pixels = project_points(ahead, view) * 2**FRACTION
        outline = cv2.convexHull(np.round(pixels).astype(np.int32))
        cv2.fillConvexPoly(image, outline, 1, lineType=cv2.LINE_8, shift=FRACTION)
    return np.asarray(image, dtype=bool)


def _cut(points: Points, view: CameraView) -> Points:
    """Keep the part of a convex body that is ahead of the camera."""
    camera_from_base = np.linalg.inv(view.base_from_camera)
    depth = points @ camera_from_base[2, :3] + camera_from_base[2, 3] - NEAREST
    ahead = depth >= 0.0
    if ahead.all() or not ahead.any():
        return np.asarray(points[ahead])
    inside, outside = points[ahead, None], points[None, ~ahead]  # ahead behind 3
    near, far = depth[ahead, None], depth[None, ~ahead]
    crossings = inside + (near / (near - far))[..., None] * (outside - inside)
    return np.vstack([points[ahead], crossings.reshape(-1, 3)])


class ArmOcclusion:
    """Knows which pixels of the rectified image show the arm."""

    def __init__(self, shape: ArmShape, rectifier: Rectifier) -> None:
        self._shape, self._rectifier = shape, rectifier

    def hidden(self, positions: Float[np.ndarray, ' joint'], view: CameraView) -> Mask:
        """Return which pixels of the rectified image show the arm at joint positions [rad].

        Raises:
            ObservationError: If the camera does not see the rectified view.
        """
        return self.rectified(silhouette(self._shape.hulls(positions), view), view)

    def rectified(self, mask: Bool[np.ndarray, 'height width'], view: CameraView) -> Mask:
        """Return which pixels of the rectified image show any of a mask of the camera image."""
        image = np.repeat(mask[..., None] * np.uint8(255), 3, axis=2)
        return np.asarray(self._rectifier.rectify(image, view).any(axis=2))


def cell_visibility(hidden: Mask, stride: int, margin: int, reach: int) -> CellMap:
    """Return 1 for cells of the latent that show the table and not what hides it, else 0.

    Args:
        hidden: Pixels of the rectified image that show something else.
        stride: Pixels a cell spans.
        margin: Pixels around them that count as hidden too: the pose of what hides is not exact.
        reach: Cells around a hidden one that the encoder spoils too.
    """
    rows, columns = hidden.shape
    pixels = torch.from_numpy(hidden).float()[None]  # 1 row column
    pixels = torch.nn.functional.max_pool2d(pixels, 2 * margin + 1, 1, margin)
    cells = torch.nn.functional.max_pool2d(pixels, stride)
    cells = torch.nn.functional.max_pool2d(cells, 2 * reach + 1, 1, reach)
    return 1.0 - cells[0]
