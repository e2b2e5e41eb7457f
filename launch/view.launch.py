"""Shows the robot in RViz; needs robot_state_publisher, tf2_ros and rviz2."""

from launch import LaunchDescription
from launch.actions import OpaqueFunction
from launch.substitutions import LaunchConfiguration
from launch_ros.actions import Node

from foresight.files import share
from foresight.nodes.bringup import arguments, typed
from foresight.robots.arm import ArmModel

ARGUMENTS = {
    'robot': ('panda', 'name of the robot, its folder, or its file'),
    'use_sim_time': ('true', 'follow /clock'),
}


def nodes(context):
    clock = {'use_sim_time': typed('use_sim_time', bool)}
    arm = ArmModel.load(LaunchConfiguration('robot').perform(context))
    return [
        Node(
            package='robot_state_publisher', executable='robot_state_publisher', output='screen',
            parameters=[{'robot_description': arm.urdf}, clock],
        ),
        Node(
            package='tf2_ros', executable='static_transform_publisher',
            arguments=['--frame-id', 'world', '--child-frame-id', arm.base_frame],
        ),
        Node(
            package='rviz2', executable='rviz2', parameters=[clock],
            arguments=['-d', str(share('rviz/foresight.rviz'))],
        ),
    ]


def generate_launch_description():
    return LaunchDescription([*arguments(ARGUMENTS), OpaqueFunction(function=nodes)])
