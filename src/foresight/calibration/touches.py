"""What touches of the tool tell: where the camera is, the table, and how long the tool is."""

from dataclasses import dataclass

import cv2
import numpy as np
from jaxtyping import Float

from foresight.calibration.fit import CameraFit, FitConfig, Pose, pose_of, project, refine
from foresight.errors import ObservationError
from foresight.settings import Checked, SceneConfig, setting

Points = Float[np.ndarray, 'point 3']
FEWEST_POINTS = 4  # for a camera
FEWEST_TURNS = 4  # for a tool
APART = 0.03  # least spread of touches across their longest line [m]
TURNED = np.radians(8.0)  # least spread of the turns about a second axis


@dataclass(frozen=True)
class TouchConfig(Checked):
    """Calibration by touching: what is refused."""

    most_miss: float = setting(
        0.003, 'a touch that is farther from what was fitted is refused', 'm', 0.0005, 0.02)
    most_lean: float = setting(
        0.5, 'an arm that leans more against the table is refused', 'deg', 0.05, 5.0)
    most_aside: float = setting(
        0.004, 'a tool whose tip is farther aside is refused', 'm', 0.0005, 0.05)


@dataclass(frozen=True)
class Table:
    """The table top in the arm's base.

    Attributes:
        stand: Where the base stands in the frame of the table: x, y, height [m] and turn [rad].
        lean: How far the base leans against the table [rad].
        miss: Distance of the farthest touch [m].
        count: Touches.
        width: Distance of the two near corners [m]; 0 where they were not touched.
    """

    stand: tuple[float, float, float, float]
    lean: float
    miss: float
    count: int
    width: float = 0.0


@dataclass(frozen=True)
class Tip:
    """The tip of the tool in its flange.

    Attributes:
        place: Where it is: z along the tool [m].
        miss: Distance of the farthest touch [m].
        count: Touches.
    """

    place: Float[np.ndarray, '3']
    miss: float
    count: int


def camera_from_touches(
    points: Points, pixels: Float[np.ndarray, 'point 2'], matrix: Float[np.ndarray, '3 3'],
    config: FitConfig,
) -> CameraFit:
    """Find the camera from points that the tool touched and where the picture shows them.

    Args:
        points: Touched points in the arm's base [m].
        pixels: Where they are in the picture [px].
        matrix: Intrinsic matrix of the picture [px].
        config: What is refused.

    Raises:
        ObservationError: If there are too few, they lie on a line, or they contradict each other.
    """
    if len(points) < FEWEST_POINTS:
        raise ObservationError(f'{len(points)} touches with a pixel, {FEWEST_POINTS} are needed: '
                               'touch more marked points')
    _check_spread(points)
    found, turn, place = cv2.solvePnP(points, pixels, matrix, None, flags=cv2.SOLVEPNP_SQPNP)
    if not found:
        raise ObservationError('no camera sees the touched points there: check the pixels')
    start = np.linalg.inv(pose_of(np.concatenate([turn.ravel(), place.ravel()])))

    def local(numbers: Float[np.ndarray, '6']) -> Points:
        camera = pose_of(numbers)
        return np.asarray((points - camera[:3, 3]) @ camera[:3, :3])

    numbers, error, place_sigma, angle = refine(
        lambda numbers: (project(local(numbers), matrix) - pixels).ravel(), start, np.empty(0))
    depth = float(local(numbers)[:, 2].mean())
    fit = CameraFit(pose_of(numbers), error, error * depth / float(matrix[0, 0]), place_sigma,
                    angle, len(points))
    fit.check(config, 'touch each point with the bottom centre of the tool, and give the pixel of '
                      'the same point; a swapped pair is off by far')
    return fit


def find_table(
    points: Points, scene: SceneConfig, config: TouchConfig, corners: bool = False,
) -> Table:
    """Find the table top from three touches of it or more.

    Args:
        points: Touched points in the arm's own base [m].
        scene: What is known of the table; x, y and turn of its stand stay unless `corners`.
        config: What is refused.
        corners: Whether the first two touches are the near corners of the table, the right one
            first, as the arm sees it.

    Raises:
        ObservationError: If touches are too few, nearly on a line, not on one plane, or the arm
            leans.
    """
    if len(points) < 3:
        raise ObservationError(f'{len(points)} touches, 3 are needed: touch the table more often')
    _check_spread(points)
    middle = points.mean(axis=0)
    normal = np.linalg.svd(points - middle)[2][-1]
    normal *= np.sign(normal[2]) or 1.0
    misses = np.abs((points - middle) @ normal)
    _check_miss(misses, config, 'let the tool just touch the table, and do so again')
    lean = float(np.arccos(np.clip(normal[2], -1.0, 1.0)))
    if np.degrees(lean) > config.most_lean:
        raise ObservationError(
            f'the arm leans by {np.degrees(lean):.1f} degrees against the table, of '
            f'{config.most_lean:g} allowed: level arm or table, or touch points farther apart'
        )
    height = -float(middle @ normal) / float(normal[2])
    x, y, _, turn = scene.stand
    width = 0.0
    if corners:
        (x, y, turn), width = _stand(points[0, :2], points[1, :2], scene)
    return Table((x, y, height, turn), lean, float(misses.max()), len(points), width)


def find_tip(flanges: Float[np.ndarray, 'touch 4 4'], config: TouchConfig) -> Tip:
    """Find the tip of the tool from touches of one point with the tool turned (a pivot).

    Args:
        flanges: Poses of the flange while the tip was on the point.
        config: What is refused.

    Raises:
        ObservationError: If touches are too few, the tool hardly turned, or the tip moved.
    """
    if len(flanges) < FEWEST_TURNS:
        raise ObservationError(f'{len(flanges)} touches, {FEWEST_TURNS} are needed: touch the '
                               'same point again with the tool turned otherwise')
    turns, one = flanges[:, :3, :3], np.eye(3)
    leans = turns[:, :, 2] - turns[:, :, 2].mean(axis=0)
    spread = np.linalg.svd(leans, compute_uv=False) / np.sqrt(len(leans))
    if spread[1] < np.sin(TURNED):
        raise ObservationError('the tool leaned to hardly more than one side: lean it by 20 '
                               'degrees and more to three sides or more, tip on the point')
    ways = np.concatenate([np.hstack([turn, -one]) for turn in turns])
    found = np.linalg.lstsq(ways, -flanges[:, :3, 3].ravel(), rcond=None)[0]
    tips = turns @ found[:3] + flanges[:, :3, 3]
    misses = np.linalg.norm(tips - found[3:], axis=1)
    _check_miss(misses, config, 'keep the tip on the point while the tool turns')
    return Tip(found[:3], float(misses.max()), len(flanges))


def base_points(board: Points, base_from_camera: Pose, camera_from_board: Pose) -> Points:
    """Return points of a board that a known camera sees, in the arm's base [m]."""
    pose = base_from_camera @ camera_from_board
    return np.asarray(board @ pose[:3, :3].T + pose[:3, 3])


def _stand(
    right: Float[np.ndarray, '2'], left: Float[np.ndarray, '2'], scene: SceneConfig,
) -> tuple[tuple[float, float, float], float]:
    """Return x, y and turn of the base in the frame of the table, and the width of the table."""
    along, width = left - right, float(np.linalg.norm(left - right))
    if abs(width - scene.table_width) > 0.02:
        raise ObservationError(
            f'the first two touches are {width:.3f} m apart, the table is {scene.table_width:g} m '
            'wide: touch its near corners first, or set table_width of the site'
        )
    across, up = np.array([along[1], -along[0]]) / width, along / width
    turn = np.array([across, up])  # table from base
    place = np.array([scene.table_near, scene.table_middle]) - turn @ (left + right) / 2
    return (float(place[0]), float(place[1]), float(np.arctan2(up[0], across[0]))), width


def _check_spread(points: Points) -> None:
    """Refuse points on a line."""
    spread = np.linalg.svd(points - points.mean(axis=0), compute_uv=False) / np.sqrt(len(points))
    if spread[1] < APART:
        raise ObservationError(f'the touches lie within {1e3 * spread[1]:.0f} mm of one line: '
                               'touch points far apart, not in a row')


def _check_miss(misses: Float[np.ndarray, ' touch'], config: TouchConfig, remedy: str) -> None:
    """Refuse touches that contradict one another."""
    worst = int(misses.argmax())
    if misses[worst] > config.most_miss:
        raise ObservationError(f'touch {worst + 1} is {1e3 * misses[worst]:.1f} mm off, of '
                               f'{1e3 * config.most_miss:g} mm allowed: {remedy}')
