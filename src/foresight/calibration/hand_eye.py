"""A camera beside the arm, from pictures of a board that the tool carries."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from scipy.spatial.transform import Rotation

from foresight.calibration.board import BoardConfig, Corners
from foresight.calibration.fit import (
    CameraFit,
    FitConfig,
    Numbers,
    Pose,
    numbers_of,
    pose_of,
    project,
    refine,
)
from foresight.errors import ObservationError

FEWEST = 8  # pictures of the board
TURNED = np.radians(8.0)  # least spread of the turns about a second axis
REMEDY = (
    'hold arm and board still while a picture is taken, fix the board to the tool, and check that '
    'the square is as long as it was measured, the robot file is that of the arm, and the camera '
    'is calibrated'
)


@dataclass(frozen=True)
class Sighting:
    """The board on the tool, seen once.

    Attributes:
        base_from_tool: Where the tool was.
        corners: Where the corners of the board were in the picture [px].
    """

    base_from_tool: Pose
    corners: Corners


def find_camera(
    sightings: Sequence[Sighting], board: BoardConfig, matrix: Float[np.ndarray, '3 3'],
    config: FitConfig,
) -> CameraFit:
    """Find the camera, and how the board is mounted, with the least error in the pictures.

    Args:
        sightings: What was seen from at least `FEWEST` poses of the arm.
        board: The board.
        matrix: Intrinsic matrix of the pictures [px].
        config: What is refused.

    Raises:
        ObservationError: If there are too few pictures, the poses leave the camera open, or the
            error is too large; it says what helps.

    References:
        The start is the linear solution of A Y = X B (Dornaika and Horaud, Simultaneous
        robot-world and hand-eye calibration, 1998), in two steps: rotations, then places.
    """
    if len(sightings) < FEWEST:
        raise ObservationError(
            f'{len(sightings)} pictures show the whole board, {FEWEST} are needed: take more, of '
            'other poses of the arm'
        )
    tools = np.stack([each.base_from_tool for each in sightings])
    _check_turns(tools)
    seen = np.stack([each.corners for each in sightings])
    boards = np.stack([board.pose(corners, matrix) for corners in seen])
    camera, mount = _linear(tools, boards)
    points = np.hstack([board.corners, np.ones((len(board.corners), 1))])

    def predicted(numbers: Numbers) -> Float[np.ndarray, 'view corner 3']:
        ways = np.linalg.inv(pose_of(numbers[:6])) @ tools @ pose_of(numbers[6:])
        return np.asarray(np.einsum('vij,cj->vci', ways, points)[..., :3])

    found, pixels, place, angle = refine(
        lambda numbers: (project(predicted(numbers), matrix) - seen).ravel(),
        camera, numbers_of(mount),
    )
    depth = float(predicted(found)[..., 2].mean())
    fit = CameraFit(pose_of(found[:6]), pixels, pixels * depth / float(matrix[0, 0]), place, angle,
                    len(sightings))
    fit.check(config, REMEDY)
    return fit


def _check_turns(tools: Float[np.ndarray, 'view 4 4']) -> None:
    """Refuse poses that turn the board about one axis, or not at all."""
    turns = Rotation.from_matrix(tools[0, :3, :3].T @ tools[:, :3, :3]).as_rotvec()
    turns -= turns.mean(axis=0)
    spread = np.linalg.svd(turns, compute_uv=False) / np.sqrt(len(turns))
    if spread[1] < TURNED:
        first, second = np.degrees(spread[:2])
        raise ObservationError(
            f'the board turned by {first:.0f} degrees about one axis and {second:.1f} about '
            'another: turn the tool about two axes, by 20 degrees and more to either side'
        )


def _linear(
    tools: Float[np.ndarray, 'view 4 4'], boards: Float[np.ndarray, 'view 4 4'],
) -> tuple[Pose, Pose]:
    """Solve `base_from_tool @ tool_from_board = base_from_camera @ camera_from_board`."""
    one = np.eye(3)
    rows = [np.hstack([np.kron(one, tool[:3, :3]), -np.kron(board[:3, :3].T, one)])
            for tool, board in zip(tools, boards, strict=True)]
    kernel = np.linalg.svd(np.concatenate(rows))[2][-1]
    mount, camera = np.eye(4), np.eye(4)
    sign = np.sign(np.linalg.det(kernel[:9].reshape(3, 3)))
    for pose, part in ((mount, kernel[:9]), (camera, kernel[9:])):
        left, _, right = np.linalg.svd(sign * part.reshape(3, 3).T)
        pose[:3, :3] = left @ right
    ways = np.concatenate([np.hstack([tool[:3, :3], -one]) for tool in tools])
    ends = boards[:, :3, 3] @ camera[:3, :3].T - tools[:, :3, 3]
    places = np.linalg.lstsq(ways, ends.ravel(), rcond=None)[0]
    mount[:3, 3], camera[:3, 3] = places[:3], places[3:]
    return camera, mount
