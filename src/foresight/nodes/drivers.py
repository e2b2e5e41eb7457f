"""Topics of the drivers of known arms and cameras, for `robot.launch.py`; it needs no ROS.

`config/robots/<robot>/driver.yaml` and `config/cameras/<camera>.yaml` hold what differs from the
names that the package uses.
"""

from collections.abc import Mapping
from pathlib import Path

from foresight.errors import ConfigError
from foresight.files import share
from foresight.robots.robot_file import find_robot
from foresight.settings import read_mapping

ARM = {
    'joint_states': 'joint_states', 'commands': 'commands', 'base_frame': 'base_link',
    'command_interface': 'float64_multi_array',
}
"""What a driver of an arm may call otherwise, and how it is called where nobody says so."""
CAMERA = {
    'image': 'camera/image_raw', 'camera_info': 'camera/camera_info',
    'camera_pose': 'camera/pose', 'pose_from': 'topic', 'image_is': 'auto',
}
"""What a driver of a camera may call otherwise, likewise."""


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
    content = read_mapping(path, tuple(usual))
    for key, value in content.items():
        if not isinstance(value, str) or not value:
            raise ConfigError(f'{path}: {key} = {value!r}: write a name')
    return {**usual, **content}
