"""Launch files load, and start what the table says. Needs launch_ros, which is not on PyPI."""

import importlib.util
import warnings
from pathlib import Path

import pytest
import yaml

from foresight.files import share
from foresight.nodes.drivers import write_camera
from foresight.nodes.topics import NODES

MISSING = importlib.util.find_spec('launch_ros') is None
SKIPPED = 'launch_ros is not installed: THE LAUNCH FILES WERE NOT TRIED'
FILES = sorted(share('launch').glob('*.launch.py'))

# What launch imports is not ours to keep young.
pytestmark = [
    pytest.mark.alone, pytest.mark.filterwarnings('ignore::DeprecationWarning'),
]

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


@pytest.mark.skipif(MISSING, reason=SKIPPED)
def test_every_node_at_a_real_arm_follows_remapping_and_namespace():
    from launch import LaunchContext
    from launch_ros.actions import Node

    context = LaunchContext()
    given = {'namespace': 'arm1', 'image': '/camera/color/image_raw', 'record': 'true'}
    description = load(share('launch/robot.launch.py'))
    context.launch_configurations.update({
        argument.name: argument.default_value[0].perform(context) if argument.default_value else ''
        for argument in description.get_launch_arguments()
    } | given)
    nodes = [entity for entity in description.entities if isinstance(entity, Node)]
    for node in nodes:
        node._perform_substitutions(context)
    assert {node.node_name for node in nodes} == {
        f'/arm1/{name}' for name in NODES if name != 'sim'
    }
    rule = ('camera/image_raw', '/camera/color/image_raw')
    assert all(rule in node.expanded_remapping_rules for node in nodes)


@pytest.mark.skipif(MISSING, reason=SKIPPED)
def test_a_known_arm_and_camera_need_no_topic():
    from launch import LaunchContext
    from launch_ros.actions import Node

    context, description = LaunchContext(), load(share('launch/robot.launch.py'))
    context.launch_configurations.update({
        argument.name: argument.default_value[0].perform(context) if argument.default_value else ''
        for argument in description.get_launch_arguments()
    } | {'robot': 'ur5e', 'camera': 'realsense', 'joint_states': '/mine/joint_states',
         'speed': '10', 'dry_run': 'true'})
    nodes = {entity.node_executable: entity
             for entity in description.entities if isinstance(entity, Node)}
    for node in nodes.values():
        node._perform_substitutions(context)
    assert set(nodes['guard'].expanded_remapping_rules) >= {
        ('camera/image_raw', '/camera/camera/color/image_raw'),
        ('commands', '/forward_position_controller/commands'),
        ('joint_states', '/mine/joint_states'), ('e_stop', 'e_stop'),
    }
    assert 'camera_pose: tf' in parameters(nodes['perception'])
    for name in ('guard', 'planner'):
        assert 'speed: 10.0' in parameters(nodes[name])
        assert 'dry_run: true' in parameters(nodes[name])


def parameters(node):
    """Return the parameters that a node of a launch file is given, as YAML."""
    return ''.join(Path(path).read_text() for path, is_file in
                   node._Node__expanded_parameter_arguments if is_file)


@pytest.mark.skipif(MISSING, reason=SKIPPED)
def test_the_file_of_a_calibrated_camera_gives_its_pose(tmp_path):
    from launch import LaunchContext
    from launch_ros.actions import Node

    path = tmp_path / 'mine.yaml'
    write_camera(path, 'realsense', (0.5, 0.1, 1.25, 0.6, 0.8, 0.0, 0.0), 'Calibrated.')
    context, description = LaunchContext(), load(share('launch/robot.launch.py'))
    context.launch_configurations.update({
        argument.name: argument.default_value[0].perform(context) if argument.default_value else ''
        for argument in description.get_launch_arguments()
    } | {'camera': str(path)})
    seeing, = (entity for entity in description.entities
               if isinstance(entity, Node) and entity.node_executable == 'perception')
    seeing._perform_substitutions(context)
    given = yaml.safe_load(parameters(seeing).partition('/perception:')[2])['ros__parameters']
    assert given['camera_pose'] == 'given'
    assert given['camera_at'] == [0.5, 0.1, 1.25, 0.6, 0.8, 0.0, 0.0]
