"""Everything but the simulator, at a real arm and camera; docs/real_robot.md says what to do.

ros2 launch foresight robot.launch.py robot:=ur5e camera:=realsense
"""

from launch import LaunchDescription
from launch.conditions import IfCondition
from launch.substitutions import LaunchConfiguration

from foresight.nodes import bringup
from foresight.nodes.bringup import DriverName, camera_at, node, typed
from foresight.nodes.drivers import DRIVEN

TOPICS = ('e_stop', 'goal_image')
ARGUMENTS = {
    'robot': ('panda', 'name of the robot, its folder, or its file'),
    'camera': ('', 'names that its driver uses: realsense, webcam, or a YAML file'),
    **{name: ('', f'topic to use as {topic}; empty = as the driver of robot or camera calls it')
       for name, topic in DRIVEN.items()},
    **{name: (name, f'topic to use as {name}') for name in TOPICS}, **bringup.NAMESPACE,
    'command_interface': ('', 'joint_state, float64_multi_array or joint_trajectory'),
    'site': ('', 'where the robot works: a name in config/sites, or a YAML file'),
    'task': ('clear_table', 'task, or path of its YAML file'),
    'checkpoint': ('models/clear_table', 'folder of the world model'),
    'background': (bringup.session_file('background.npz'),
                   'file of the empty table: read if it is there, else written'),
    'e_stop_file': ('~/.ros/foresight_e_stop', 'file that keeps an e-stop over a restart'),
    'dry_run': ('false', 'send the arm no command'), 'speed': ('100', 'share of every speed [%]'),
    'use_sim_time': ('false', 'follow /clock'), 'rviz': ('false', 'open RViz'),
    'record': ('false', 'record a bag'), 'bags': ('out/bags', 'folder of the bags'),
}


def generate_launch_description():
    given = {name: LaunchConfiguration(name) for name in ARGUMENTS}
    common = {'robot': given['robot'], 'use_sim_time': typed('use_sim_time', bool),
              'joint_prefix': DriverName('joint_prefix')}
    model = {**common, 'site': given['site'], 'checkpoint': given['checkpoint']}
    seen = {**model, 'camera.image': DriverName('image_is')}
    found = {'camera_pose': DriverName('pose_from'), 'base_frame': DriverName('base_frame'),
             'camera_at': camera_at(), 'background': given['background']}
    pace = {'dry_run': typed('dry_run', bool), 'speed': typed('speed', float)}
    parameters = {
        'perception': {**seen, **found},
        'predictor': {**seen, 'memory.file': bringup.session_file('memory.safetensors')},
        'planner': {**model, **pace, 'task': given['task']},
        'guard': {**common, **pace, 'site': given['site'], 'e_stop_file': given['e_stop_file'],
                  'command_interface': DriverName('command_interface')},
    }
    rules = [(topic, DriverName(name)) for name, topic in DRIVEN.items()]
    rules += [(topic, given[topic]) for topic in TOPICS]
    names = ('guard', 'perception', 'predictor', 'planner')
    return LaunchDescription([
        *bringup.arguments(ARGUMENTS), *bringup.node_actions(names, parameters, rules),
        node('recorder', remappings=rules, condition=IfCondition(given['record']),
             parameters=[{'folder': given['bags'], 'use_sim_time': common['use_sim_time']}]),
        bringup.view(given['rviz'], use_sim_time=given['use_sim_time'], robot=given['robot'],
                     publish_frames='false'),  # the driver of an arm has its own
    ])
