"""The robot description: the xacro file expanded to URDF text."""

from functools import cache
from pathlib import Path

import xacro

from foresight.errors import ConfigError, RobotError

TOOLS = ('paddle', 'gripper')


def find_shared(relative: str) -> Path:
    """Find a file of this package by its path in the source tree.

    Works from a checkout (files beside `src/`), after `pip install` and in a colcon
    workspace (files under `share/foresight`), without asking a ROS package index.

    Raises:
        ConfigError: If the file is in none of these places.
    """
    for parent in Path(__file__).resolve().parents:
        for candidate in (parent / 'share' / 'foresight' / relative, parent / relative):
            if candidate.is_file():
                return candidate
    raise ConfigError(f'{relative} is not in this installation: install foresight again')


@cache
def load_urdf(tool: str = 'paddle', path: str = 'urdf/foresight_arm.urdf.xacro') -> str:
    """Expand the arm's xacro file.

    Args:
        tool: Tool at the flange, `paddle` or `gripper`.
        path: Path of the xacro file in this package.

    Returns:
        The URDF as XML text.

    Raises:
        RobotError: If the tool is unknown.
        ConfigError: If the file is missing.
    """
    if tool not in TOOLS:
        raise RobotError(f'tool {tool!r} is unknown: choose one of {", ".join(TOOLS)}')
    document = xacro.process_file(str(find_shared(path)), mappings={'tool': tool})
    # PyBullet cuts lines at 8 kB, so one element a line.
    text: str = document.documentElement.toprettyxml(indent='  ')
    return text
