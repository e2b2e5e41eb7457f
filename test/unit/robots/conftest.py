"""Robots of a user: files beside the package, made from the Panda's."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from foresight.robots.description import load_urdf
from foresight.robots.robot_file import RobotFile, find_robot

Make = Callable[..., Path]


@pytest.fixture(scope='session')
def panda_urdf() -> str:
    """The Panda with its paddle as plain URDF."""
    return load_urdf(RobotFile.read('panda'))


@pytest.fixture
def make_robot(tmp_path: Path, panda_urdf: str) -> Make:
    """Write URDF text and a robot's file that differs from the Panda's in some keys."""

    def make(urdf: str = panda_urdf, **changes: Any) -> Path:
        (tmp_path / 'arm.urdf').write_text(urdf)
        content = yaml.safe_load(find_robot('panda').read_text())
        del content['tool'], content['flange']
        content |= {'description': 'arm.urdf', **changes}
        kept = {key: value for key, value in content.items() if value is not None}
        path = tmp_path / 'robot.yaml'
        path.write_text(yaml.safe_dump(kept))
        return path

    return make
