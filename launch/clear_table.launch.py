"""Clears a simulated table: ros2 launch foresight clear_table.launch.py seed:=1 ."""

from launch import LaunchDescription
from launch.conditions import IfCondition
from launch.substitutions import LaunchConfiguration

from foresight.nodes import bringup
from foresight.nodes.bringup import node, session_file, typed

ARGUMENTS = {
    **bringup.NAMESPACE,
    'task': ('clear_table', 'task, or path of its YAML file'),
    'robot': ('panda', 'name of the robot, its folder, or its file'),
    'site': ('', 'where the robot works: a name in config/sites, or a YAML file'),
    'seed': ('0', 'seed of the scene and of the planner'),
    'objects': ('3', 'objects on the table'),
    'object_set': ('seen', 'seen, unseen or primitives'),
    'real_time_factor': ('1.0', 'simulated over wall-clock time'),
    'checkpoint': ('models/clear_table', 'folder of the world model'),
    'record': ('false', 'record a bag'),
    'bags': ('out/bags', 'folder of the bags'),
    'rviz': ('false', 'open RViz'),
}


def generate_launch_description():
    robot = {'robot': LaunchConfiguration('robot')}
    place = {'site': LaunchConfiguration('site')}
    common = {**robot, 'use_sim_time': True}
    model = {**common, **place, 'checkpoint': LaunchConfiguration('checkpoint')}
    parameters = {
        'sim': {
            **robot, **place, 'task': LaunchConfiguration('task'),
            'objects': typed('objects', int),
            'real_time_factor': typed('real_time_factor', float),
        },
        'perception': {**model, 'background': session_file('background.npz')},
        'predictor': {**model, 'memory.file': session_file('memory.safetensors')},
        'planner': {**model, 'task': LaunchConfiguration('task')},
        'guard': {
            **common, **place, 'e_stop_file': session_file('e_stop'), 'tracking_latches': False,
        },
    }
    episode = node(
        'episode',
        parameters=[{'seed': typed('seed', int), 'object_set': LaunchConfiguration('object_set')}],
    )
    recorder = node(
        'recorder',
        parameters=[{'use_sim_time': True, 'folder': LaunchConfiguration('bags')}],
        condition=IfCondition(LaunchConfiguration('record')),
    )
    return LaunchDescription([
        *bringup.arguments(ARGUMENTS),
        *bringup.node_actions(('sim', 'perception', 'predictor', 'planner', 'guard'), parameters),
        episode, recorder, bringup.view(LaunchConfiguration('rviz'), **robot),
    ])
