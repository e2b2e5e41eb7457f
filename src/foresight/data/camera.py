"""A camera as its driver describes it, and what makes its images those of a pinhole camera."""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from jaxtyping import Float, UInt8

from foresight.data.joint_messages import BASE
from foresight.data.messages import Pose, pose_array
from foresight.errors import ObservationError
from foresight.protocols import CameraView
from foresight.settings import Checked, setting

Matrix = Float[np.ndarray, '3 3']
Picture = UInt8[np.ndarray, 'height width 3']
PINHOLE, FISHEYE = ('plumb_bob', 'rational_polynomial'), ('equidistant', 'fisheye')
NONE = 1e-9  # a distortion coefficient that is none


@dataclass(frozen=True)
class LensConfig(Checked):
    """Camera: how its messages are to be read; give perception and predictor the same."""

    image: str = setting(
        'auto', 'raw: as the lens shows it; rectified: undistorted by the driver, though '
        'camera_info speaks of the raw image; auto: rectified if the topic is an image_rect',
        choices=('auto', 'raw', 'rectified'),
    )

    def is_rectified(self, topic: str) -> bool:
        """Tell whether images of a topic are undistorted already."""
        names = topic.removesuffix('/compressed').rpartition('/')
        return self.image == 'rectified' or (
            self.image == 'auto' and names[-1].startswith('image_rect'))


class Lens:
    """Makes images of one camera those of a pinhole camera.

    Attributes:
        matrix: Intrinsic matrix of the images that `straighten` returns [px].
        width: Image width, of binned pixels, inside the region of interest [px].
        height: Image height, likewise [px].
    """

    def __init__(self, info: Any, rectified: bool = False) -> None:
        """Read a camera_info.

        Args:
            info: The message.
            rectified: Whether the images are undistorted already.

        Raises:
            ObservationError: If the camera is not calibrated, or of an unknown distortion model.
        """
        self.info = info
        raw = np.array(info.k).reshape(3, 3)
        if not raw[0, 0] > 0.0 or not np.isfinite(raw).all():
            raise ObservationError('camera_info has no focal length: calibrate the camera')
        numbers = np.concatenate([info.d, info.r, info.p])
        if not np.isfinite(numbers).all():
            raise ObservationError('camera_info is not finite: calibrate the camera')
        straight = np.array(info.p).reshape(3, 4)[:, :3]
        turn = np.array(info.r).reshape(3, 3)
        turn = turn if abs(np.linalg.det(turn) - 1.0) < 1e-3 else np.eye(3)
        bent = bool(np.any(np.abs(info.d) > NONE)) or not np.allclose(turn, np.eye(3), atol=NONE)
        if bent and rectified and not straight[0, 0] > 0.0:
            raise ObservationError('camera_info has no p, which tells a rectified image: take the '
                                   'raw image, or calibrate the camera')
        known = straight if bent and straight[0, 0] > 0.0 else raw
        self.matrix, self.width, self.height = _cut(known, info)
        self._maps = None
        if bent and not rectified:
            self._maps = _maps(_cut(raw, info)[0], info, turn, self.matrix, self._size)

    @property
    def _size(self) -> tuple[int, int]:
        return self.width, self.height

    def describes(self, info: Any) -> bool:
        """Tell whether a newer camera_info says the same."""
        return all(np.array_equal(getattr(info, name), getattr(self.info, name)) for name in (
            'k', 'd', 'r', 'p', 'width', 'height', 'distortion_model', 'binning_x', 'binning_y',
        )) and info.roi == self.info.roi

    def straighten(self, image: Picture) -> Picture:
        """Return what a pinhole camera would have seen.

        Raises:
            ObservationError: If the image has another size than camera_info says.
        """
        if image.shape[:2] != (self.height, self.width):
            raise ObservationError(
                f'the image is {image.dtype} {image.shape}, camera_info announces '
                f'uint8 {(self.height, self.width, 3)}: publish images of that size'
            )
        if self._maps is None:
            return image
        return np.asarray(cv2.remap(image, *self._maps, cv2.INTER_LINEAR))

    def view(self, base_from_camera: Pose) -> CameraView:
        """Join it with where the camera is, in the frame of the table."""
        return CameraView(self.matrix, base_from_camera, self.width, self.height)


def renewed(lens: Lens | None, info: Any, rectified: bool) -> Lens:
    """Return the lens that is known if it is the one of `info`, else a new one; see `Lens`."""
    return lens if lens is not None and lens.describes(info) else Lens(info, rectified)


def stamped_pose(message: Any, base: str = BASE) -> Pose:
    """Read a stamped pose, which comes in the frame of the arm's base.

    Raises:
        ObservationError: If it is in another frame, or no pose.
    """
    if message.header.frame_id.lstrip('/') != base:
        raise ObservationError(f'camera/pose is in {message.header.frame_id!r}: give it in {base}')
    return pose_array(message.pose)


def _cut(matrix: Matrix, info: Any) -> tuple[Matrix, int, int]:
    """Return a matrix of the full sensor, and width and height, for binned pixels of a region."""
    across, down = max(1, info.binning_x), max(1, info.binning_y)
    width, height = info.roi.width or info.width, info.roi.height or info.height
    cut = matrix.copy()
    cut[:2, 2] -= info.roi.x_offset, info.roi.y_offset
    return cut / np.array([[across], [down], [1.0]]), width // across, height // down


def _maps(
    raw: Matrix, info: Any, turn: Matrix, straight: Matrix, size: tuple[int, int],
) -> tuple[np.ndarray, np.ndarray]:
    """Return where each pixel of the straight image is in the raw one."""
    distortion = np.array(info.d, float)
    if info.distortion_model in FISHEYE and len(distortion) == 4:
        return cv2.fisheye.initUndistortRectifyMap(
            raw, distortion, turn, straight, size, cv2.CV_16SC2)
    if info.distortion_model in PINHOLE and len(distortion) in (4, 5, 8, 12, 14):
        return cv2.initUndistortRectifyMap(raw, distortion, turn, straight, size, cv2.CV_16SC2)
    raise ObservationError(
        f'camera_info has {len(distortion)} numbers of the distortion model '
        f'{info.distortion_model!r}: calibrate as {", ".join((*PINHOLE, FISHEYE[0]))}, or remap '
        'to a rectified image'
    )
