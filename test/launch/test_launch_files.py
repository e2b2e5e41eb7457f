"""Launch files load, and start what the table says. Needs launch_ros, which is not on PyPI."""

import importlib.util
import warnings
from pathlib import Path

import pytest

from foresight.files import share
from foresight.nodes.topics import NODES

MISSING = importlib.util.find_spec('launch_ros') is None
SKIPPED = 'launch_ros is not installed: THE LAUNCH FILES WERE NOT TRIED'
FILES = sorted(share('launch').glob('*.launch.py'))

# What launch imports is not ours to keep young.
pytestmark = pytest.mark.filterwarnings('ignore::DeprecationWarning')

if MISSING:
    warnings.filterwarnings('default', message=SKIPPED)
    warnings.warn(SKIPPED, stacklevel=1)


@pytest.mark.parametrize('path', FILES, ids=lambda path: path.name)
def test_launch_file_is_short(path: Path):
    assert len(path.read_text().splitlines()) < 60


def load(path: Path):
    """Load a launch file the way `ros2 launch` does."""
    from launch.launch_description_sources import PythonLaunchDescriptionSource

    source = PythonLaunchDescriptionSource(str(path))
    return source.try_get_launch_description_without_context()


@pytest.mark.skipif(MISSING, reason=SKIPPED)
@pytest.mark.parametrize('path', FILES, ids=lambda path: path.name)
def test_launch_file_loads_and_describes_its_arguments(path):
    arguments = load(path).get_launch_arguments()
    assert arguments and all(argument.description for argument in arguments)


@pytest.mark.skipif(MISSING, reason=SKIPPED)
@pytest.mark.parametrize(('name', 'absent'), [('clear_table', set()), ('robot', {'sim'})])
def test_launch_file_starts_the_nodes_of_the_table(name, absent):
    from launch_ros.actions import Node

    entities = load(share(f'launch/{name}.launch.py')).entities
    started = {entity.node_executable for entity in entities if isinstance(entity, Node)}
    assert set(NODES) - started == absent
    assert started - set(NODES) <= {'episode'}
