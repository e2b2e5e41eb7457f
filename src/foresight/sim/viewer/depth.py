"""Pictures with depth: what one camera sees of a world, and where each pixel lies."""

from dataclasses import dataclass

import cv2
import numpy as np
import pybullet
from jaxtyping import Bool, Float, Int, UInt8

from foresight.protocols import CameraView
from foresight.sim.camera import BACKGROUND, FAR, NEAR, projection_matrix, view_matrix
from foresight.sim.world import World

AMBIENT, DIFFUSE, SPECULAR = 0.50, 0.46, 0.06
UP = np.array([0.0, 0.0, 1.0])
Points = Float[np.ndarray, '*pixel 3']


@dataclass(frozen=True)
class Shot:
    """What a camera sees.

    Attributes:
        color: RGB, lit without shadows.
        depth: Distance along the optical axis [m]; infinite where nothing is.
        body: Body in each pixel; -1 is none.
    """

    color: UInt8[np.ndarray, 'height width 3']
    depth: Float[np.ndarray, 'height width']
    body: Int[np.ndarray, 'height width']


def shoot(world: World, view: CameraView, light: Float[np.ndarray, '3']) -> Shot:
    """Take a picture under a light from a direction."""
    _, _, color, buffer, body = world.client.getCameraImage(
        view.width, view.height, view_matrix(view), projection_matrix(view),
        lightDirection=list(light), lightColor=[1.0, 1.0, 1.0], lightAmbientCoeff=AMBIENT,
        lightDiffuseCoeff=DIFFUSE, lightSpecularCoeff=SPECULAR, shadow=0,
        renderer=pybullet.ER_TINY_RENDERER,
    )
    depth = (NEAR * FAR / (FAR - (FAR - NEAR) * buffer)).astype(np.float32)
    depth[buffer > BACKGROUND] = np.inf
    return Shot(color[..., :3], depth, body)


def stand_at(
    position: Float[np.ndarray, '3'], target: Float[np.ndarray, '3'], focal: float,
    size: tuple[int, int], shift: tuple[float, float] = (0.0, 0.0),
) -> CameraView:
    """Return an upright camera that looks at a target.

    Args:
        position: Where it stands [m].
        target: What it looks at [m].
        focal: Focal length [px].
        size: Width and height [px].
        shift: How far right and down of the middle of the picture the target is [px].
    """
    ahead = (target - position) / np.linalg.norm(target - position)
    right = np.cross(ahead, UP) / np.linalg.norm(np.cross(ahead, UP))
    pose = np.eye(4)
    pose[:3, :3] = np.stack([right, np.cross(ahead, right), ahead], axis=1)
    pose[:3, 3] = position
    width, height = size
    middle = width / 2 - 0.5 + shift[0], height / 2 - 0.5 + shift[1]
    matrix = np.array([[focal, 0.0, middle[0]], [0.0, focal, middle[1]], [0.0, 0.0, 1.0]])
    return CameraView(matrix, pose, width, height)


def part_of(view: CameraView, box: tuple[int, int, int, int], scale: int) -> CameraView:
    """Return the camera that sees a box of a picture (left, top, right, bottom), enlarged."""
    left, top, right, bottom = box
    matrix = view.matrix.copy()
    matrix[:2] *= scale
    matrix[:2, 2] += 0.5 * (scale - 1) - scale * np.array([left, top])
    width, height = scale * (right - left), scale * (bottom - top)
    return CameraView(matrix, view.base_from_camera, width, height)


def points_of(view: CameraView, depth: Float[np.ndarray, 'height width']) -> Points:
    """Return where each pixel lies in the table's frame [m]; nothing is far away."""
    depth = np.where(np.isfinite(depth), depth, np.float32(FAR))
    columns, rows = np.meshgrid(
        np.arange(view.width, dtype=np.float32), np.arange(view.height, dtype=np.float32),
    )
    focal, (across, down) = view.matrix[0, 0], view.matrix[:2, 2]
    rays = np.stack([(columns - across) / focal, (rows - down) / focal,
                     np.ones_like(columns)], axis=-1)
    turn, place = view.base_from_camera[:3, :3], view.base_from_camera[:3, 3]
    points: Points = (rays * depth[..., None]) @ turn.T.astype(np.float32) + place
    return points.astype(np.float32)


def pixels_of(
    view: CameraView, points: Points,
) -> tuple[Float[np.ndarray, '*pixel'], Float[np.ndarray, '*pixel'], Float[np.ndarray, '*pixel']]:
    """Return column, row and depth [m] of points in a picture."""
    turn, place = view.base_from_camera[:3, :3], view.base_from_camera[:3, 3]
    seen = (points - place.astype(np.float32)) @ turn.astype(np.float32)
    focal, (across, down) = view.matrix[0, 0], view.matrix[:2, 2]
    depth = np.maximum(seen[..., 2], 1e-3)
    return (np.float32(focal) * seen[..., 0] / depth + np.float32(across),
            np.float32(focal) * seen[..., 1] / depth + np.float32(down), depth)


def is_nearer(
    depth: Float[np.ndarray, 'side side'], columns: Float[np.ndarray, '*pixel'],
    rows: Float[np.ndarray, '*pixel'], distance: Float[np.ndarray, '*pixel'], slack: float,
) -> Bool[np.ndarray, '*pixel']:
    """Return which points a depth picture hides: something is nearer by more than `slack` [m]."""
    first = cv2.remap(depth, columns, rows, cv2.INTER_NEAREST, borderValue=np.inf)
    return np.asarray(first < distance - slack)
