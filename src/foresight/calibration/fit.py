"""Fitting a camera's pose: how far the fit is off, and what it leaves open."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from scipy.optimize import least_squares
from scipy.spatial.transform import Rotation

from foresight.errors import ObservationError
from foresight.settings import Checked, setting

Pose = Float[np.ndarray, '4 4']
Numbers = Float[np.ndarray, ' number']


@dataclass(frozen=True)
class FitConfig(Checked):
    """Calibration of a camera: what is refused."""

    most_pixels: float = setting(
        1.0, 'error of a calibration that is refused, root of the mean square', 'px', 0.05, 10.0)
    most_error: float = setting(
        0.003, 'the same where the points are; and of the pose, as far as noise leaves it open',
        'm', 0.0005, 0.02)


@dataclass(frozen=True)
class CameraFit:
    """Where a camera stands, and how well that is known.

    Attributes:
        base_from_camera: Its pose in the arm's base.
        pixels: Error of the points in the picture, root of the mean square [px].
        error: The same where the points are [m].
        place_sigma: How far noise leaves the place of the camera open [m].
        angle_sigma: How far noise leaves its direction open [rad].
        count: Pictures or touches.
    """

    base_from_camera: Pose
    pixels: float
    error: float
    place_sigma: float
    angle_sigma: float
    count: int

    def check(self, config: FitConfig, remedy: str) -> None:
        """Refuse a fit that is none.

        Raises:
            ObservationError: If it is worse than the settings allow; it says what helps.
        """
        if self.pixels > config.most_pixels or self.error > config.most_error:
            raise ObservationError(
                f'the points are {self.pixels:.2f} px and {1e3 * self.error:.1f} mm off, of '
                f'{config.most_pixels:g} px and {1e3 * config.most_error:g} mm allowed: {remedy}'
            )
        if self.place_sigma > config.most_error:
            raise ObservationError(
                f'the camera is known to {1e3 * self.place_sigma:.1f} mm only, of '
                f'{1e3 * config.most_error:g} mm allowed: take more, farther apart from one '
                'another, over all of the picture'
            )


def pose_of(numbers: Numbers) -> Pose:
    """Turn a rotation vector [rad] and a place [m] into a pose."""
    pose = np.eye(4)
    pose[:3, :3] = Rotation.from_rotvec(numbers[:3]).as_matrix()
    pose[:3, 3] = numbers[3:6]
    return pose


def numbers_of(pose: Pose) -> Numbers:
    """Turn a pose into a rotation vector [rad] and a place [m]."""
    return np.concatenate([Rotation.from_matrix(pose[:3, :3]).as_rotvec(), pose[:3, 3]])


def project(
    points: Float[np.ndarray, '*view point 3'], matrix: Float[np.ndarray, '3 3'],
) -> Float[np.ndarray, '*view point 2']:
    """Return where points of the frame of a pinhole camera [m] are in its picture [px]."""
    rays = points @ matrix.T
    return np.asarray(rays[..., :2] / np.maximum(rays[..., 2:], 1e-6))


def refine(
    error: Callable[[Numbers], Numbers], camera: Pose, others: Float[np.ndarray, ' other'],
) -> tuple[Numbers, float, float, float]:
    """Find the pose of a camera, and other numbers, with the least error.

    Args:
        error: Errors in pixels, of the numbers of the pose and then the others.
        camera: Where the search for the camera begins.
        others: Where that of the others begins.

    Returns:
        The numbers, the root of the mean square [px], and how far noise leaves open the place
        [m] and the direction [rad] of the camera.
    """
    found = least_squares(error, np.concatenate([numbers_of(camera), others]), x_scale='jac')
    pixels = float(np.sqrt(2.0 * np.mean(found.fun**2)))
    spare = max(len(found.fun) - len(found.x), 1)
    spread = np.linalg.pinv(found.jac.T @ found.jac, hermitian=True)
    sigma = np.sqrt(np.maximum(np.diag(spread), 0.0) * (found.fun @ found.fun) / spare)
    return found.x, pixels, float(np.linalg.norm(sigma[3:6])), float(np.linalg.norm(sigma[:3]))
