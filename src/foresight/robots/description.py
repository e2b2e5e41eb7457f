"""The robot description: the xacro file expanded to URDF text."""

from functools import cache

import xacro

from foresight.errors import RobotError
from foresight.files import share

TOOLS = ('paddle', 'gripper')


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
    document = xacro.process_file(str(share(path)), mappings={'tool': tool})
    # PyBullet cuts lines at 8 kB, so one element a line.
    text: str = document.documentElement.toprettyxml(indent='  ')
    return text
