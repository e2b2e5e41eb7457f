"""What a session of nodes is given."""

import warnings
from pathlib import Path
from typing import Any

import pytest

from foresight.errors import ConfigError, RobotError
from foresight.files import share
from foresight.nodes.topics import NODES
from foresight.robots.robot_file import find_robot
from foresight.sim.settings import SimConfig


@pytest.fixture
def options() -> Any:
    """Make the options of a session with a robot."""
    with warnings.catch_warnings():  # How rclpy types its executor is not ours to keep young.
        warnings.simplefilter('ignore')
        from foresight.nodes.session import SessionOptions

    def make(robot: str, **more: str) -> SessionOptions:
        return SessionOptions(Path('models'), SimConfig(), None, Path('out'), robot=robot, **more)

    return make


def test_every_node_with_an_arm_gets_the_same_robot(options) -> None:
    given = {name: options('ur5e').parameters(name).get('robot') for name in NODES}
    assert {name for name, robot in given.items() if robot is None} == {'recorder', 'supervisor'}
    assert set(given.values()) == {None, str(find_robot('ur5e'))}


def test_a_wrong_robot_is_refused_before_anything_starts(options, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match='ur6: no such file'):
        options('ur6')
    shipped, mine = find_robot('ur5e'), tmp_path / 'robot.yaml'
    text = shipped.read_text().replace('tool: paddle', 'tool: spoon')
    mine.write_text(text.replace('arm.urdf', str(shipped.parent / 'arm.urdf')))
    with pytest.raises(RobotError, match="tool 'spoon' is unknown"):
        options(str(mine))


def test_the_camera_is_that_of_the_simulator(options) -> None:
    assert options('panda', camera='webcam').parameters('sim')['camera.effect'] == 'webcam'
    with pytest.raises(ConfigError, match='choose one of none, noise_4'):
        options('panda', camera='kodak')


def test_the_simulator_judges_by_the_task(options) -> None:
    assert options('panda', task='left_half').parameters('sim')['task'] == 'left_half'


def test_a_success_that_can_never_be_is_refused_before_anything_starts(
    options, tmp_path: Path,
) -> None:
    task = tmp_path / 'never.yaml'
    text = share('config/tasks/left_half.yaml').read_text()
    task.write_text(text.replace('  y: [0.0, 0.3]\n', '  y: [0.4, 0.6]\n'))
    with pytest.raises(ConfigError, match='success rule in_region: .*: move it there'):
        options('panda', task=str(task))
