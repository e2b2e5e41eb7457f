"""`foresight calibrate`: camera, table and tool of a real arm."""

import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import cv2
import numpy as np
import typer
from jaxtyping import Float
from scipy.spatial.transform import Rotation

from foresight.calibration.board import BoardConfig
from foresight.calibration.captures import LISTING, Capture, Captures
from foresight.calibration.fit import CameraFit, FitConfig
from foresight.calibration.hand_eye import Sighting, find_camera
from foresight.calibration.touches import (
    TouchConfig,
    base_points,
    camera_from_touches,
    find_table,
    find_tip,
)
from foresight.cli.flags import Shown
from foresight.cli.output import JsonOption, RobotOption, SiteOption, quiet_stdout, show
from foresight.errors import ConfigError, ForesightError, ObservationError
from foresight.files import write_atomically
from foresight.nodes.drivers import camera_pose, driver_names, write_camera
from foresight.robots.arm import ArmModel
from foresight.robots.robot_file import RobotConfig, RobotFile, find_robot
from foresight.tasks.site_file import load_scene, write_stand

FolderArgument = Annotated[Path, typer.Argument(help='Folder of the captures.')]
OutOption = Annotated[Path, typer.Option(help='File that is written.')]
CameraOption = Annotated[str, typer.Option(
    help='Camera: a name in config/cameras, or a YAML file.')]
Points = Float[np.ndarray, 'point 3']


def board(
    out: Annotated[Path, typer.Argument(help='Picture that is written, to be printed.')],
    board: BoardConfig,
) -> None:
    """Draw the chessboard that the tool carries."""
    packed = cv2.imencode('.png', board.draw())[1]
    write_atomically(out, packed.tobytes())
    typer.echo(f'{out}: print it, glue it on a plate, and measure the squares: --square')


def capture(
    folder: FolderArgument, robot: RobotOption = RobotConfig.robot, camera: CameraOption = '',
) -> None:
    """Take captures at a running arm: one with each Enter, until an empty input ends it."""
    from foresight.nodes.captures import capturing  # needs the extra `ros`

    arm, names = ArmModel.load(robot), driver_names(robot, camera)
    known = Captures(arm.joint_names)
    if (folder / LISTING).is_file():
        known = Captures.read(folder, arm.joint_names)
    with capturing(arm, names, camera=bool(camera)) as capturer:
        typer.echo('move the arm, let go, press Enter; the pixel of a touch before it: 412 230; '
                   'q ends')
        while (line := _line()) != 'q':
            try:
                taken = capturer.capture(_pixel(line))
            except ForesightError as error:
                typer.echo(f'not captured: {error}')
                continue
            matrix = None if capturer.lens is None else capturer.lens.matrix
            known = Captures(arm.joint_names, matrix, (*known.captures, taken))
            known.save(folder)
            typer.echo(f'{len(known.captures)} captured: {_told(arm, taken)}')


def _line() -> str:
    """Return what was typed; the end of the input is the end of the captures."""
    try:
        return input().strip()
    except EOFError:
        return 'q'


def _pixel(line: str) -> tuple[float, float] | None:
    """Read a pixel, if one was typed."""
    if not line:
        return None
    try:
        across, down = map(float, line.replace(',', ' ').split())
    except ValueError as error:
        raise ConfigError(f'{line!r} is no pixel: write two numbers, or only press Enter'
                          ) from error
    return across, down


def _told(arm: ArmModel, taken: Capture) -> str:
    """Say where the tool is."""
    x, y, z = arm.tool_pose(taken.positions)[:3, 3]
    picture = '' if taken.image is None else f', picture {taken.image.shape[1::-1]}'
    return f'tool at {x:.3f}, {y:.3f}, {z:.3f} m{picture}'


def camera(
    folder: FolderArgument, board: Annotated[BoardConfig, Shown(('square',))],
    fit: Annotated[FitConfig, Shown(('most_error',))],
    robot: RobotOption = RobotConfig.robot, camera: CameraOption = '',
    out: OutOption = Path('camera.yaml'),
    touches: Annotated[bool, typer.Option(
        '--touches', help='From touches whose pixels were given, instead of the board.')] = False,
    json: JsonOption = None,
) -> None:
    """Find where the camera is, from a board on the tool or from touches."""
    with quiet_stdout(json):
        arm = ArmModel.load(robot)
        known = Captures.read(folder, arm.joint_names)
        found = _by_touches(known, arm, fit) if touches else _by_board(known, arm, board, fit)
        place, turn = found.base_from_camera[:3, 3], found.base_from_camera[:3, :3]
        pose = *map(float, place), *map(float, Rotation.from_matrix(turn).as_quat())
        write_camera(out, camera, pose, f'Calibrated from {found.count} captures, '
                     f'{found.pixels:.2f} px and {1e3 * found.error:.1f} mm off.')
    show({
        **dict(zip(('camera_x_m', 'camera_y_m', 'camera_z_m'), pose[:3], strict=True)),
        'captures_used': found.count, 'off_px': found.pixels, 'off_mm': 1e3 * found.error,
        'known_to_mm': 1e3 * found.place_sigma,
        'known_to_degrees': float(np.degrees(found.angle_sigma)), 'written': out,
    }, json)


def _by_board(
    known: Captures, arm: ArmModel, board: BoardConfig, fit: FitConfig,
) -> CameraFit:
    matrix = _matrix(known)
    sightings = [Sighting(arm.tool_pose(each.positions), corners) for each in known.captures
                 if each.image is not None and (corners := board.find(each.image)) is not None]
    return find_camera(sightings, board, matrix, fit)


def _by_touches(known: Captures, arm: ArmModel, fit: FitConfig) -> CameraFit:
    matrix = _matrix(known)
    touched = [each for each in known.captures if each.pixel is not None]
    pixels = np.array([each.pixel for each in touched]).reshape(-1, 2)
    return camera_from_touches(_tips(arm, touched), pixels, matrix, fit)


def _matrix(known: Captures) -> Float[np.ndarray, '3 3']:
    """Return the intrinsic matrix of the captures."""
    if known.matrix is None:
        raise ObservationError('the captures have no camera: capture with --camera')
    return known.matrix


def _tips(arm: ArmModel, captures: Iterable[Capture]) -> Points:
    """Return where the tip of the tool was [m]."""
    return np.array([arm.tool_pose(each.positions)[:3, 3] for each in captures]).reshape(-1, 3)


def table(
    folder: FolderArgument, touch: Annotated[TouchConfig, Shown(('most_miss',))],
    board: BoardConfig, robot: RobotOption = RobotConfig.robot, site: SiteOption = '',
    camera: Annotated[str, typer.Option(
        help='File of the calibrated camera: the board lies on the table, instead of touches.',
    )] = '',
    corners: Annotated[bool, typer.Option(
        '--corners', help='The first two touches are the near corners, the right one first.',
    )] = False,
    out: OutOption = Path('site.yaml'), json: JsonOption = None,
) -> None:
    """Find the table from touches, or from the board on it, and write a site."""
    with quiet_stdout(json):
        arm, scene = ArmModel.load(robot), load_scene(site)
        known = Captures.read(folder, arm.joint_names)
        points = _seen(known, board, camera) if camera else _tips(arm, known.captures)
        found = find_table(points, scene, touch, corners)
        write_stand(out, site, found.stand)
    x, y, height, turn = found.stand
    show({
        'base_x_m': x, 'base_y_m': y, 'base_height_m': height,
        'base_turned_degrees': float(np.degrees(turn)), 'points_used': found.count,
        'farthest_off_mm': 1e3 * found.miss, 'leans_degrees': float(np.degrees(found.lean)),
        'written': out,
    }, json)


def _seen(known: Captures, board: BoardConfig, camera: str) -> Points:
    """Return where the corners of a board are that lies on the table [m]."""
    matrix, numbers, base = _matrix(known), camera_pose(camera), np.eye(4)
    base[:3, :3], base[:3, 3] = Rotation.from_quat(numbers[3:]).as_matrix(), numbers[:3]
    found = [board.find(each.image) for each in known.captures if each.image is not None]
    points = [base_points(board.corners, base, board.pose(corners, matrix))
              for corners in found if corners is not None]
    if not points:
        raise ObservationError('no picture shows the whole board: lay it where the camera sees it')
    return np.concatenate(points)


def paddle(
    folder: FolderArgument, touch: Annotated[TouchConfig, Shown(('most_miss', 'most_aside'))],
    robot: RobotOption = RobotConfig.robot,
    out: Annotated[Path, typer.Option(
        help='Folder of the robot with its tool as long as it is.')] = Path('my_robot'),
    json: JsonOption = None,
) -> None:
    """Find how long the tool is, from touches of one point with the tool turned."""
    with quiet_stdout(json):
        arm, file = ArmModel.load(robot), RobotFile.read(robot)
        if file.flange is None:
            raise ConfigError(f'{robot} draws its tool in the URDF: give its robot file tool and '
                              'flange, or measure the tool and move tool_frame')
        known = Captures.read(folder, arm.joint_names)
        flanges = np.array([arm.flange_pose(file.flange, each.positions)
                            for each in known.captures]).reshape(-1, 4, 4)
        found = find_tip(flanges, touch)
        aside = float(np.linalg.norm(found.place[:2]))
        if aside > touch.most_aside:
            raise ObservationError(f'the tip is {1e3 * aside:.1f} mm beside the axis of the '
                                   'flange: mount the tool straight, or touch again')
        _write_robot(out, find_robot(robot), float(found.place[2]))
    show({'tool_reach_m': float(found.place[2]), 'aside_mm': 1e3 * aside,
          'touches_used': found.count, 'farthest_off_mm': 1e3 * found.miss, 'written': out}, json)


def _write_robot(folder: Path, robot: Path, reach: float) -> None:
    """Copy a robot with its tool as long as it is."""
    if folder.resolve() != robot.parent.resolve():
        shutil.copytree(robot.parent, folder, dirs_exist_ok=True)
    kept = [line for line in robot.read_text().splitlines() if not line.startswith('tool_reach:')]
    write_atomically(folder / robot.name, '\n'.join([*kept, f'tool_reach: {reach:.4f}']) + '\n')
