"""Rectification: a camera image resampled onto the table plane, whatever the camera."""

import cv2
import numpy as np
from jaxtyping import Bool, Float, UInt8

from foresight.errors import ObservationError
from foresight.protocols import CameraView
from foresight.settings import SceneConfig
from foresight.world_model.encoder import EncoderConfig

Points = Float[np.ndarray, '*points 2']
Homography = Float[np.ndarray, '3 3']
Picture = UInt8[np.ndarray, 'height width 3']
Rectified = UInt8[np.ndarray, 'rows columns 3']

MOST_SCALE = 64  # Of the finest camera that is averaged; it bounds the memory.
DIFFERENCE = 30  # Sum over RGB of a difference to the empty table that counts.
# Less than this moves nothing that can be seen: a pose out of a tree of frames has last digits.
SAME_PIXEL, SAME_POSE = 1e-2, 1e-4  # [px] and [m], of axes [rad]


class Rectifier:
    """Resamples images onto a grid in the plane z = 0 of `base_link`.

    Row 0 is far (largest x) and column 0 is left (largest y); pixel centres have whole
    coordinates. The mapping of the last view is kept, for a camera rarely moves.
    """

    def __init__(self, scene: SceneConfig, encoder: EncoderConfig) -> None:
        """Lay the grid of `encoder` over the rectified view of `scene`."""
        self.rows, self.columns = encoder.rows, encoder.columns
        (near, far), (right, left) = scene.view_x, scene.view_y
        self.resolution = ((far - near) / self.rows, (left - right) / self.columns)  # m a pixel
        self._corner = (far - self.resolution[0] / 2, left - self.resolution[1] / 2)
        self._view: CameraView | None = None

    def rectify(self, image: np.ndarray, view: CameraView) -> Rectified:
        """Resample an RGB image, uint8 of shape (height, width, 3), onto the table plane.

        Raises:
            ObservationError: If the image does not fit the view, or the view is not finite or
                does not see the whole rectified area.
        """
        self._check_image(image, view)
        if not self._knows(view):
            self._prepare(view)
        if self._scale == 1:
            return self._warp(image, self._image_from_grid)
        fine = self._warp(image, self._image_from_fine)
        return cv2.resize(fine, (self.columns, self.rows), interpolation=cv2.INTER_AREA)

    def differs(self, image: Picture, background: Picture,
                view: CameraView) -> Bool[np.ndarray, 'rows columns']:
        """Return where the rectified image differs from the rectified empty table."""
        now = self.rectify(image, view).astype(np.int16)
        empty = self.rectify(background, view).astype(np.int16)
        return np.asarray(np.abs(now - empty).sum(axis=2) > DIFFERENCE)

    def _warp(self, image: Picture, matrix: Homography) -> Rectified:
        """Sample the image at the grid points of `matrix`, bilinearly."""
        scale = self._scale
        return cv2.warpPerspective(
            image, matrix, (self.columns * scale, self.rows * scale),
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, borderMode=cv2.BORDER_REPLICATE,
        )

    def _knows(self, view: CameraView) -> bool:
        """Return whether the kept mapping belongs to this view."""
        known = self._view
        if view is known or known is None:
            return known is not None
        return same_view(view, known)

    def _check_image(self, image: np.ndarray, view: CameraView) -> None:
        """Raise ObservationError if an image is not what its view announces."""
        expected = (view.height, view.width, 3)
        if image.dtype != np.uint8 or image.shape != expected:
            raise ObservationError(
                f'the image is {image.dtype} {image.shape}, camera_info announces '
                f'uint8 {expected}: publish rgb8 images of that size'
            )

    def _prepare(self, view: CameraView) -> None:
        """Compute and keep the mapping of a view."""
        if not (np.isfinite(view.matrix).all() and np.isfinite(view.base_from_camera).all()):
            raise ObservationError(
                'the camera matrix or pose is not finite: check camera_info and camera/pose'
            )
        matrix = image_from_plane(view) @ self._plane_from_grid()
        self._check_coverage(matrix, view)
        corners = _apply(matrix, self._corners())
        sides = np.linalg.norm(np.roll(corners, -1, axis=0) - corners, axis=1)
        sizes = np.array([self.columns, self.rows, self.columns, self.rows])
        # A finer camera is sampled at `scale` points an axis and averaged, or it would alias.
        self._scale = min(MOST_SCALE, max(1, round(float((sides / sizes).max()))))
        shift = (1 / self._scale - 1) / 2
        fine = np.array([[1 / self._scale, 0, shift], [0, 1 / self._scale, shift], [0, 0, 1]])
        self._image_from_grid, self._image_from_fine = matrix, matrix @ fine
        self._view = view

    def _check_coverage(self, matrix: Homography, view: CameraView) -> None:
        """Raise ObservationError if a corner of the grid is behind the camera or off the image."""
        corners = np.column_stack([self._corners(), np.ones(4)]) @ matrix.T
        depths = corners[:, 2]
        if (depths > 1e-6).all():
            pixels = corners[:, :2] / depths[:, None]
            high = np.array([view.width, view.height]) - 0.5
            if ((pixels >= -0.5) & (pixels <= high)).all():
                return
        raise ObservationError(
            'the camera does not see the whole rectified view: move or tilt it, widen its field '
            'of view, or shrink view_x and view_y of the scene'
        )

    def _corners(self) -> Float[np.ndarray, '4 2']:
        """Return the pixel centres (column, row) at the corners of the grid, in order."""
        right, bottom = self.columns - 1, self.rows - 1
        return np.array([[0, 0], [right, 0], [right, bottom], [0, bottom]], dtype=float)

    def _plane_from_grid(self) -> Homography:
        """Return the map from (column, row, 1) to (x, y, 1) in `base_link`."""
        row_size, column_size = self.resolution
        return np.array(
            [[0, -row_size, self._corner[0]], [-column_size, 0, self._corner[1]], [0, 0, 1]]
        )

    def cell(self, points: Points) -> Points:
        """Return the grid coordinates (row, column) of points (x, y) in `base_link` [m]."""
        return np.asarray((np.array(self._corner) - points) / np.array(self.resolution))

    def position(self, cells: Points) -> Points:
        """Return the points (x, y) in `base_link` [m] of grid coordinates (row, column)."""
        return np.asarray(np.array(self._corner) - np.array(self.resolution) * cells)

    def inside(self, points: Points) -> Bool[np.ndarray, '*points']:
        """Return which points (x, y) in `base_link` [m] are inside the grid."""
        cells = self.cell(points)
        size = np.array([self.rows, self.columns])
        return np.asarray(((cells >= -0.5) & (cells <= size - 0.5)).all(axis=-1))

    def project(self, points: Float[np.ndarray, 'point 3'], view: CameraView) -> Points:
        """Return where points of `base_link` [m] appear in the rectified image (row, column).

        A point above the plane appears further from the camera than it is.
        """
        pixels = project_points(points, view)
        plane_from_image = np.linalg.inv(image_from_plane(view))
        return self.cell(_apply(plane_from_image, pixels))


def same_view(view: CameraView, other: CameraView) -> bool:
    """Tell whether two cameras are the same in the same place, to far less than a pixel."""
    return (
        (view.height, view.width) == (other.height, other.width)
        and np.allclose(view.matrix, other.matrix, rtol=0.0, atol=SAME_PIXEL)
        and np.allclose(view.base_from_camera, other.base_from_camera, rtol=0.0, atol=SAME_POSE)
    )


def project_points(points: Float[np.ndarray, 'point 3'], view: CameraView) -> Points:
    """Return the image coordinates (column, row) [px] of points in `base_link` [m]."""
    camera_from_base = np.linalg.inv(view.base_from_camera)
    rays = (points @ camera_from_base[:3, :3].T + camera_from_base[:3, 3]) @ view.matrix.T
    return np.asarray(rays[:, :2] / rays[:, 2:])


def image_from_plane(view: CameraView, height: float = 0.0) -> Homography:
    """Return the homography from (x, y, 1) on the plane at a height [m] to the image."""
    camera_from_base = np.linalg.inv(view.base_from_camera)
    axes = camera_from_base[:3, [0, 1, 3]]
    axes[:, 2] += height * camera_from_base[:3, 2]
    return np.asarray(view.matrix @ axes)


def _apply(matrix: Homography, points: Points) -> Points:
    """Apply a homography."""
    rays = points @ matrix[:, :2].T + matrix[:, 2]
    return np.asarray(rays[:, :2] / rays[:, 2:])
