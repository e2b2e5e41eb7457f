"""The table of nodes as launch actions; only launch files import this."""

from collections.abc import Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from launch import Action, LaunchContext
from launch.actions import DeclareLaunchArgument, IncludeLaunchDescription, RegisterEventHandler
from launch.conditions import IfCondition
from launch.event_handlers import OnProcessExit
from launch.events.process import ProcessExited
from launch.launch_description_sources import PythonLaunchDescriptionSource
from launch.logging import launch_config
from launch.substitution import Substitution
from launch.substitutions import LaunchConfiguration
from launch_ros.actions import LifecycleNode, Node
from launch_ros.event_handlers import OnStateTransition
from launch_ros.events.lifecycle import StateTransition
from launch_ros.parameter_descriptions import ParameterValue

from foresight.errors import ForesightError
from foresight.files import PACKAGE, root, share
from foresight.nodes.child import begin
from foresight.nodes.drivers import camera_pose, driver_names
from foresight.nodes.scheduling import PAUSE, node_environment
from foresight.nodes.topics import NODES, SUPERVISOR, NodeEntry

NAMESPACE = {'namespace': ('', 'namespace of every node and topic, such as arm1')}


class BringupError(ForesightError):
    """A node did not come up; `ros2 launch` ends with a status that is not 0."""


def node(name: str, **settings: Any) -> Node:
    """Return what starts a node in the namespace of the launch, and again if it ends."""
    entry = NODES.get(name)
    more: dict[str, Any] = {} if entry is None else {
        'additional_env': node_environment(), 'prefix': ' '.join(begin(entry)),
        'respawn': entry.restarts, 'respawn_delay': PAUSE,
    }
    kind = LifecycleNode if entry is not None and entry.lifecycle else Node
    return kind(
        package=PACKAGE, executable=name, exec_name=name, name=name,
        namespace=LaunchConfiguration('namespace'), output='screen', **more, **settings,
    )


def node_actions(
    names: Iterable[str], parameters: Mapping[str, Mapping[str, Any]],
    remappings: Iterable[tuple[Any, Any]] = (),
) -> list[Action]:
    """Return what starts these nodes and the supervisor, who brings them up and keeps them up.

    Args:
        names: Nodes of the table.
        parameters: Parameters by node, over its YAML file; those of '' go to every node.
        remappings: Topics by other names, for every node.
    """
    started = {name: _start(NODES[name], parameters, remappings)
               for name in (*names, SUPERVISOR)}
    return [*started.values(), *_watch(started)]


def _start(
    entry: NodeEntry, parameters: Mapping[str, Mapping[str, Any]],
    remappings: Iterable[tuple[Any, Any]],
) -> Node:
    """Return what starts a node, again and again if it may be."""
    config = root() / entry.config
    files = [str(config)] if config.is_file() else []
    own = {**parameters.get('', {}), **parameters.get(entry.name, {})}
    return node(entry.name, parameters=[*files, own], remappings=list(remappings))


def _watch(started: Mapping[str, Node]) -> list[Action]:
    """End the launch if a node goes before all are up, or one that cannot be started again."""
    waiting = {name for name in started if NODES[name].lifecycle}

    def comes_up(event: Any) -> bool:
        """Take note of who is up."""
        if isinstance(event, StateTransition) and event.goal_state == 'active':
            waiting.discard(event.action.node_name.rpartition('/')[2])
        return False

    def leave(event: ProcessExited, context: LaunchContext, name: str) -> None:
        """End the launch, unless the node is started again."""
        says_why = name == SUPERVISOR and event.returncode == 1
        stays = not waiting and NODES[name].restarts and not says_why
        if event.returncode and not stays and not context.is_shutdown:
            raise BringupError(f'{name} ended with status {event.returncode}: see its last line')

    return [
        *(RegisterEventHandler(OnProcessExit(
            target_action=item, on_exit=partial(leave, name=name),
        )) for name, item in started.items()),
        RegisterEventHandler(OnStateTransition(matcher=comes_up, entities=[])),
    ]


def arguments(table: Mapping[str, tuple[str, str]]) -> list[Action]:
    """Declare launch arguments: name to default and description."""
    return [
        DeclareLaunchArgument(name, default_value=default, description=about)
        for name, (default, about) in table.items()
    ]


def session_file(name: str) -> list[Any]:
    """Return a file of this launch, beside its logs: what a restarted node goes on with."""
    return [str(Path(launch_config.log_dir) / 'kept_'), LaunchConfiguration('namespace'), name]


def typed(name: str, kind: type) -> ParameterValue:
    """Return a launch argument as a parameter of a type."""
    return ParameterValue(LaunchConfiguration(name), value_type=kind)


class DriverName(Substitution):
    """A launch argument; where it is empty, how the drivers of robot and camera call it."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name

    def perform(self, context: LaunchContext) -> str:
        """Look it up."""
        given = context.launch_configurations
        names = driver_names(given['robot'], given['camera'])
        return given.get(self._name) or names[self._name]


class CameraAt(Substitution):
    """The pose that the file of the camera says, as YAML."""

    def perform(self, context: LaunchContext) -> str:
        """Look it up."""
        return str(list(camera_pose(context.launch_configurations['camera'])))


def camera_at() -> ParameterValue:
    """Return the pose of a calibrated camera as a parameter."""
    return ParameterValue(CameraAt(), value_type=list[float])


def view(condition: Any, **given: Any) -> Action:
    """Return what shows the robot in RViz with the arguments given, if `condition` holds."""
    source = PythonLaunchDescriptionSource(str(share('launch/view.launch.py')))
    return IncludeLaunchDescription(
        source, launch_arguments=given.items(), condition=IfCondition(condition),
    )
