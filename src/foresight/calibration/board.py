"""A chessboard: as it is printed, and where its corners are in a picture."""

from dataclasses import dataclass

import cv2
import numpy as np
from jaxtyping import Float, UInt8

from foresight.errors import ConfigError, ObservationError
from foresight.settings import Checked, setting

Picture = UInt8[np.ndarray, 'height width 3']
Pose = Float[np.ndarray, '4 4']
Corners = Float[np.ndarray, 'corner 2']
DOTS = 40  # of a square of the picture that is printed
WINDOW = 0.3  # share of a square in which a corner is found more exactly
ENOUGH = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 50, 1e-3)
ROUGH = 4.0  # corners may be so far from a board's where the board is looked for [px]


@dataclass(frozen=True)
class BoardConfig(Checked):
    """Chessboard: as it is printed and measured."""

    columns: int = setting(9, 'squares along one side', '', 4, 40)
    rows: int = setting(6, 'squares along the other; one of the two is even', '', 4, 40)
    square: float = setting(0.025, 'side of a square as it is printed: measure it', 'm', 0.005,
                            0.2)

    def __post_init__(self) -> None:
        """Refuse a board that looks the same upside down."""
        super().__post_init__()
        if (self.columns + self.rows) % 2 == 0:
            raise ConfigError(
                f'a board of {self.columns} x {self.rows} squares looks the same upside down: '
                'take one with an even and an odd side, such as 9 x 6'
            )

    @property
    def corners(self) -> Float[np.ndarray, 'corner 3']:
        """Inner corners in the frame of the board, whose middle is the origin [m]."""
        across, down = self._inner
        grid = np.stack(np.meshgrid(np.arange(across), np.arange(down)), axis=-1).reshape(-1, 2)
        flat = (grid - np.array([across - 1, down - 1]) / 2) * self.square
        return np.hstack([flat, np.zeros((len(flat), 1))])

    @property
    def _inner(self) -> tuple[int, int]:
        return self.columns - 1, self.rows - 1

    def draw(self) -> Picture:
        """Return what is to be printed: a white rim of a square around the board."""
        across, down = np.meshgrid(np.arange(self.columns), np.arange(self.rows))
        white = np.pad((across + down) % 2, 1, constant_values=1)
        pixels = np.kron(white, np.full((DOTS, DOTS), 255)).astype(np.uint8)
        return np.repeat(pixels[:, :, None], 3, axis=2)

    def find(self, image: Picture) -> Corners | None:
        """Return where `corners` are in a picture [px]; None if not all of them are seen."""
        grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
        found, corners = cv2.findChessboardCornersSB(grey, self._inner)
        if not found:
            return None
        near = np.linalg.norm(np.diff(corners.reshape(-1, 2), axis=0), axis=1).min()
        window = max(round(WINDOW * float(near)), 2)
        cv2.cornerSubPix(grey, corners, (window, window), (-1, -1), ENOUGH)
        corners = corners.reshape(-1, 2).astype(float)
        return corners if self._is_upright(grey, corners) else corners[::-1].copy()

    def _is_upright(self, grey: UInt8[np.ndarray, 'height width'], corners: Corners) -> bool:
        """Tell whether the square behind the first corner is black, as it is printed."""
        grid = corners.reshape(self.rows - 1, self.columns - 1, 2)
        middles = (grid[:-1, :-1] + grid[1:, 1:]) / 2
        across, down = np.round(middles).astype(int).reshape(-1, 2).T
        seen = grey[down, across].reshape(middles.shape[:2]).astype(float)
        black = np.add.outer(np.arange(len(seen)), np.arange(seen.shape[1])) % 2 == 0
        return bool(seen[black].mean() < seen[~black].mean())

    def pose(self, corners: Corners, matrix: Float[np.ndarray, '3 3']) -> Pose:
        """Return `camera_from_board` of a board that a pinhole camera sees.

        Raises:
            ObservationError: If the corners are of no flat board.
        """
        points = self.corners
        found, turn, place = cv2.solvePnP(
            points, corners, matrix, None, flags=cv2.SOLVEPNP_IPPE)
        if not found:
            raise ObservationError('the corners are those of no board: hold it still, and flat')
        turn, place = cv2.solvePnPRefineLM(points, corners, matrix, None, turn, place)
        seen = cv2.projectPoints(points, turn, place, matrix, None)[0].reshape(-1, 2)
        if np.abs(seen - corners).max() > ROUGH:
            raise ObservationError('the corners are those of no flat board: glue it on a plate')
        pose = np.eye(4)
        pose[:3, :3], pose[:3, 3] = cv2.Rodrigues(turn)[0], place.ravel()
        return pose
