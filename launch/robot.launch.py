"""Everything but the simulator, against the topics of a real arm and camera.

ros2 launch foresight robot.launch.py image:=/camera/color/image_raw \
    camera_info:=/camera/color/camera_info commands:=/forward_position_controller/commands \
    command_interface:=float64_multi_array

Clear the table, call perception/capture_background, put the objects down, call planner/start.
"""

from launch import LaunchDescription
from launch.conditions import IfCondition
from launch.substitutions import LaunchConfiguration

from foresight.nodes.bringup import NAMESPACE, arguments, node, node_actions, typed, view

TOPICS = {
    'image': 'camera/image_raw', 'camera_info': 'camera/camera_info',
    'camera_pose': 'camera/pose', 'joint_states': 'joint_states', 'commands': 'commands',
    'e_stop': 'e_stop', 'goal_image': 'goal_image',
}
ARGUMENTS = {
    **{name: (topic, f'topic to use as {topic}') for name, topic in TOPICS.items()}, **NAMESPACE,
    'command_interface': (
        'float64_multi_array', 'joint_state, float64_multi_array or joint_trajectory'
    ),
    'robot': ('panda', 'name of the robot, its folder, or its file'),
    'site': ('', 'where the robot works: a name in config/sites, or a YAML file'),
    'task': ('clear_table', 'task, or path of its YAML file'),
    'checkpoint': ('models/clear_table', 'folder of the world model'),
    'background': ('', 'file of the empty table: read if it is there, else written'),
    'e_stop_file': ('~/.ros/foresight_e_stop', 'file that keeps an e-stop over a restart'),
    'use_sim_time': ('false', 'follow /clock'),
    'record': ('false', 'record a bag'), 'bags': ('out/bags', 'folder of the bags'),
    'rviz': ('false', 'open RViz'),
}


def generate_launch_description():
    given = {name: LaunchConfiguration(name) for name in ARGUMENTS}
    common = {'robot': given['robot'], 'use_sim_time': typed('use_sim_time', bool)}
    model = {**common, 'site': given['site'], 'checkpoint': given['checkpoint']}
    parameters = {
        'perception': {**model, 'background': given['background']},
        'predictor': model, 'planner': {**model, 'task': given['task']},
        'guard': {**common, **{n: given[n] for n in ('command_interface', 'e_stop_file')}},
    }
    remappings = [(topic, given[name]) for name, topic in TOPICS.items()]
    recorder = node(
        'recorder', remappings=remappings, condition=IfCondition(given['record']),
        parameters=[{'folder': given['bags'], 'use_sim_time': typed('use_sim_time', bool)}],
    )
    names = ('guard', 'perception', 'predictor', 'planner')
    return LaunchDescription([
        *arguments(ARGUMENTS), *node_actions(names, parameters, remappings),
        recorder,
        # The driver of a real arm has a robot_state_publisher.
        view(given['rviz'], use_sim_time=given['use_sim_time'], robot=given['robot'],
             publish_frames='false'),
    ])
