"""The table of nodes as launch actions; only launch files import this."""

from collections.abc import Iterable, Mapping
from typing import Any

from launch import Action
from launch.actions import DeclareLaunchArgument, IncludeLaunchDescription
from launch.conditions import IfCondition
from launch.launch_description_sources import PythonLaunchDescriptionSource
from launch.substitutions import LaunchConfiguration
from launch_ros.actions import LifecycleNode, LifecycleTransition, Node
from launch_ros.parameter_descriptions import ParameterValue
from lifecycle_msgs.msg import Transition

from foresight.files import PACKAGE, root, share
from foresight.nodes.scheduling import ONE_THREAD
from foresight.nodes.topics import NODES

STEPS = (Transition.TRANSITION_CONFIGURE, Transition.TRANSITION_ACTIVATE)


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
    entries = [NODES[name] for name in names]
    actions: list[Action] = []
    for entry in entries:
        config = root() / entry.config
        files = [str(config)] if config.is_file() else []
        own = {**parameters.get('', {}), **parameters.get(entry.name, {})}
        kind = LifecycleNode if entry.lifecycle else Node
        actions.append(kind(
            package=PACKAGE, executable=entry.name, name=entry.name, namespace='',
            parameters=[*files, own], remappings=list(remappings), output='screen',
            additional_env=ONE_THREAD,
        ))
    managed = [entry.name for entry in entries if entry.lifecycle]
    actions.append(LifecycleTransition(lifecycle_node_names=managed, transition_ids=STEPS))
    return actions


def arguments(table: Mapping[str, tuple[str, str]]) -> list[Action]:
    """Declare launch arguments: name to default and description."""
    return [
        DeclareLaunchArgument(name, default_value=default, description=about)
        for name, (default, about) in table.items()
    ]


def typed(name: str, kind: type) -> ParameterValue:
    """Return a launch argument as a parameter of a type."""
    return ParameterValue(LaunchConfiguration(name), value_type=kind)


def view(use_sim_time: Any, condition: Any, robot: Any) -> Action:
    """Return what shows the robot in RViz, if `condition` holds."""
    source = PythonLaunchDescriptionSource(str(share('launch/view.launch.py')))
    return IncludeLaunchDescription(
        source, launch_arguments={'use_sim_time': use_sim_time, 'robot': robot}.items(),
        condition=IfCondition(condition),
    )
