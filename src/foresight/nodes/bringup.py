"""The table of nodes as launch actions; only launch files import this."""

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from launch import Action, LaunchContext
from launch.actions import (
    DeclareLaunchArgument,
    IncludeLaunchDescription,
    OpaqueFunction,
    RegisterEventHandler,
)
from launch.conditions import IfCondition
from launch.event_handlers import OnProcessExit
from launch.events.process import ProcessExited
from launch.launch_description_sources import PythonLaunchDescriptionSource
from launch.substitution import Substitution
from launch.substitutions import LaunchConfiguration
from launch_ros.actions import LifecycleNode, LifecycleTransition, Node
from launch_ros.event_handlers import OnStateTransition
from launch_ros.events.lifecycle import StateTransition
from launch_ros.parameter_descriptions import ParameterValue
from lifecycle_msgs.msg import Transition

from foresight.errors import ForesightError
from foresight.files import PACKAGE, root, share
from foresight.nodes.drivers import camera_pose, driver_names
from foresight.nodes.scheduling import ONE_THREAD
from foresight.nodes.topics import NODES

STEPS = (Transition.TRANSITION_CONFIGURE, Transition.TRANSITION_ACTIVATE)
COMING_UP, UP = ('configuring', 'activating'), ('inactive', 'active')
NAMESPACE = {'namespace': ('', 'namespace of every node and topic, such as arm1')}


class BringupError(ForesightError):
    """A node did not come up; `ros2 launch` ends with a status that is not 0."""


def node(name: str, **settings: Any) -> Node:
    """Return what starts a node of the package in the namespace of the launch."""
    known = NODES.get(name)
    kind = LifecycleNode if known is not None and known.lifecycle else Node
    return kind(
        package=PACKAGE, executable=name, name=name, namespace=LaunchConfiguration('namespace'),
        output='screen', **settings,
    )


def node_actions(
    names: Iterable[str], parameters: Mapping[str, Mapping[str, Any]],
    remappings: Iterable[tuple[Any, Any]] = (),
) -> list[Action]:
    """Return what starts these nodes, then configures and activates those with a lifecycle.

    Args:
        names: Nodes of the table.
        parameters: Parameters by node, over its YAML file; those of '' go to every node.
        remappings: Topics by other names, for every node.
    """
    nodes = []
    for entry in (NODES[name] for name in names):
        config = root() / entry.config
        files = [str(config)] if config.is_file() else []
        own = {**parameters.get('', {}), **parameters.get(entry.name, {})}
        nodes.append(node(
            entry.name, parameters=[*files, own], remappings=list(remappings),
            additional_env=ONE_THREAD,
        ))
    return [*nodes, OpaqueFunction(function=partial(_bring_up, nodes=nodes))]


def _bring_up(context: LaunchContext, nodes: Sequence[Node]) -> list[Action]:
    """Configure and activate; a node that cannot come up ends the launch, later ones do not."""
    managed = [item for item in nodes if isinstance(item, LifecycleNode)]
    up: set[str] = set()

    def fails(event: Any) -> bool:
        """Take note of a step; return whether it failed."""
        if not isinstance(event, StateTransition) or event.start_state not in COMING_UP:
            return False
        if event.goal_state == UP[-1]:
            up.add(event.action.node_name)
        return event.goal_state not in UP

    def leave(event: ProcessExited, context: LaunchContext) -> None:
        """End the launch if a node went before it was up."""
        name = event.action.node_name
        if event.returncode and name not in up and not context.is_shutdown:
            raise BringupError(f'{name} ended with status {event.returncode}: see its last line')

    def refuse(context: LaunchContext) -> None:
        """End the launch."""
        name = context.locals.event.action.node_name
        raise BringupError(f'{name} cannot be configured: its line above says why')

    return [
        *(RegisterEventHandler(OnProcessExit(target_action=item, on_exit=leave))
          for item in nodes),
        RegisterEventHandler(OnStateTransition(
            matcher=fails, entities=[OpaqueFunction(function=refuse)],
        )),
        # By now each node has its full name, in whatever namespace this launch is included.
        LifecycleTransition(
            lifecycle_node_names=[item.node_name for item in managed], transition_ids=STEPS,
        ),
    ]


def arguments(table: Mapping[str, tuple[str, str]]) -> list[Action]:
    """Declare launch arguments: name to default and description."""
    return [
        DeclareLaunchArgument(name, default_value=default, description=about)
        for name, (default, about) in table.items()
    ]


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


CAMERA_AT = ParameterValue(CameraAt(), value_type=list[float])
"""The pose of a calibrated camera as a parameter."""


def view(condition: Any, **given: Any) -> Action:
    """Return what shows the robot in RViz with the arguments given, if `condition` holds."""
    source = PythonLaunchDescriptionSource(str(share('launch/view.launch.py')))
    return IncludeLaunchDescription(
        source, launch_arguments=given.items(), condition=IfCondition(condition),
    )
