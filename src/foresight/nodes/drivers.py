"""Topics of the drivers of known arms and cameras, for `robot.launch.py`; it needs no ROS.

`config/robots/<robot>/driver.yaml` and `config/cameras/<camera>.yaml` hold what differs from the
names that the package uses.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from foresight.errors import ConfigError
from foresight.files import share, write_atomically
from foresight.robots.robot_file import find_robot
from foresight.settings import read_mapping

ARM = {
    'joint_states': 'joint_states', 'commands': 'commands', 'base_frame': 'base_link',
    'command_interface': 'float64_multi_array', 'joint_prefix': '',
    'speed_scaling': 'speed_scaling',
}
"""What a driver of an arm may call otherwise, and how it is called where nobody says so."""
CAMERA = {
    'image': 'camera/image_raw', 'camera_info': 'camera/camera_info',
    'camera_pose': 'camera/pose', 'pose_from': 'topic', 'image_is': 'auto',
}
"""What a driver of a camera may call otherwise, likewise."""
DRIVEN = {
    'image': 'camera/image_raw', 'camera_info': 'camera/camera_info',
    'camera_pose': 'camera/pose', 'joint_states': 'joint_states', 'commands': 'commands',
    'speed_scaling': 'speed_scaling',
}
"""Topics of drivers: how launch arguments call them, and how the package does."""
GIVEN, POSE = 'given', 'pose'
"""Where the pose comes from of a camera whose file says it under `pose`."""
ORIGIN = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0)
"""A pose that says nothing."""


def driver_names(robot: str, camera: str = '') -> dict[str, str]:
    """Return how the drivers of an arm and of a camera call things.

    Args:
        robot: Name, folder or file of a robot.
        camera: A name in `config/cameras` or a YAML file; empty = as the package calls them.

    Raises:
        ConfigError: If there is no such robot or camera, or a file says what nobody knows.
    """
    arm = find_robot(robot).parent / 'driver.yaml'
    return {
        **(_read(arm, ARM) if arm.is_file() else ARM),
        **(_read(find_camera(camera), CAMERA) if camera else CAMERA),
    }


def camera_pose(camera: str) -> tuple[float, ...]:
    """Return the pose that the file of a camera says: place [m], quaternion x, y, z, w.

    Raises:
        ConfigError: If there is no such camera, or its pose is none; a file without one puts the
            camera at the origin.
    """
    path = find_camera(camera) if camera else None
    pose = {} if path is None else read_mapping(path, (*CAMERA, POSE))
    return _pose(pose[POSE], path) if POSE in pose else ORIGIN


def write_camera(path: Path, camera: str, pose: tuple[float, ...], remark: str) -> None:
    """Write the file of a camera that was calibrated, for `camera:=`.

    Args:
        path: The file.
        camera: The camera as it was known before: its topics stay.
        pose: Its pose in the arm's base: place [m], quaternion x, y, z, w.
        remark: First line of the file.

    Raises:
        FileError: If it cannot be written.
    """
    names = _read(find_camera(camera), CAMERA) if camera else CAMERA
    kept = [f'{key}: {names[key]}' for key in ('image', 'camera_info', 'image_is')]
    numbers = ', '.join(f'{value:.6f}' for value in pose)
    lines = [f'# {remark}', *kept, '# In base_link of the robot file: x, y, z [m], quaternion '
             'x, y, z, w; z looks along the lens.', f'{POSE}: [{numbers}]']
    write_atomically(path, '\n'.join(lines) + '\n')


def find_camera(camera: str) -> Path:
    """Find the file of a camera.

    Raises:
        ConfigError: If there is none; names the cameras of the package.
    """
    shipped = {path.stem: path for path in sorted(share('config/cameras').glob('*.yaml'))}
    path = shipped.get(camera, Path(camera).expanduser())
    if not path.is_file():
        raise ConfigError(
            f'{path}: no such camera: give a YAML file or one of {", ".join(shipped)}')
    return path


def _read(path: Path, usual: Mapping[str, str]) -> dict[str, str]:
    posed = usual is CAMERA
    content = dict(read_mapping(path, (*usual, POSE) if posed else tuple(usual)))
    pose = content.pop(POSE, None)
    if pose is not None:
        _pose(pose, path)
        content['pose_from'] = GIVEN
    for key, value in content.items():
        if not isinstance(value, str) or not value:
            raise ConfigError(f'{path}: {key} = {value!r}: write a name')
    return {**usual, **content}


def _pose(value: Any, path: Path | None) -> tuple[float, ...]:
    """Read a pose."""
    whole = isinstance(value, list) and len(value) == 7 and all(
        isinstance(number, (int, float)) and not isinstance(number, bool) for number in value)
    if not whole or not np.isfinite(value).all() or abs(np.linalg.norm(value[3:]) - 1.0) > 0.01:
        raise ConfigError(f'{path}: {POSE} = {value!r}: write x, y, z [m] and a unit quaternion '
                          'x, y, z, w')
    return tuple(map(float, value))
