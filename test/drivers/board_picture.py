"""Draws what a camera sees of a chessboard: with perspective, blur and noise."""

import cv2
import numpy as np
from scipy.spatial.transform import Rotation

FINER = 3  # times finer it is drawn, then averaged
DOWN = np.array([[0.0, -1.0, 0.0], [-1.0, 0.0, 0.0], [0.0, 0.0, -1.0]])
MATRIX = np.array([[615.0, 0.0, 318.0], [0.0, 616.0, 242.0], [0.0, 0.0, 1.0]])


def pose(place, turn=(0.0, 0.0, 0.0), base=None):
    """Make a pose from a place [m] and a rotation vector [rad]."""
    made, turned = np.eye(4), Rotation.from_rotvec(turn).as_matrix()
    made[:3, :3], made[:3, 3] = turned if base is None else base @ turned, place
    return made


def apart(found, truth):
    """Return how far two poses are apart, in m and degrees."""
    gap = np.linalg.inv(truth) @ found
    turn = np.degrees(Rotation.from_matrix(gap[:3, :3]).magnitude())
    return np.linalg.norm(gap[:3, 3]), turn


def draw_board(image, board, camera_from_board, matrix, generator=None, noise=3.0):
    """Return a picture with the board before whatever it showed."""
    printed, size = board.draw(), board.square
    height, width = printed.shape[:2]
    across, down = (board.columns + 2) * size / 2, (board.rows + 2) * size / 2
    edges = np.array([[-across, -down, 0.0], [across, -down, 0.0], [across, down, 0.0],
                      [-across, down, 0.0]])
    edges = edges @ camera_from_board[:3, :3].T + camera_from_board[:3, 3]
    if edges[:, 2].min() < 0.05:
        return image
    seen = edges @ matrix.T
    # Centres of pixels have whole coordinates, in a finer picture too.
    seen = ((seen[:, :2] / seen[:, 2:]) + 0.5) * FINER - 0.5
    drawn = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32) - 0.5
    turn = cv2.getPerspectiveTransform(drawn, seen.astype(np.float32))
    large = cv2.resize(image, None, fx=FINER, fy=FINER, interpolation=cv2.INTER_NEAREST)
    fine = cv2.warpPerspective(
        printed, turn, large.shape[1::-1], dst=large.copy(), flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_TRANSPARENT)
    small = cv2.resize(fine, image.shape[1::-1], interpolation=cv2.INTER_AREA).astype(float)
    small = 30.0 + 0.75 * cv2.GaussianBlur(small, (0, 0), 0.6)  # no lens is perfectly sharp
    if generator is not None:
        small += generator.normal(0.0, noise, small.shape)
    return np.clip(np.round(small), 0, 255).astype(np.uint8)
