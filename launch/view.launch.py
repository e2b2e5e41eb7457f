"""Shows the robot in RViz; needs robot_state_publisher, tf2_ros and rviz2."""

from launch import LaunchDescription
from launch_ros.actions import Node

from foresight.files import share
from foresight.nodes.bringup import arguments, typed
from foresight.robots.arm import ArmModel

ARGUMENTS = {'use_sim_time': ('true', 'follow /clock')}


def generate_launch_description():
    clock = {'use_sim_time': typed('use_sim_time', bool)}
    return LaunchDescription([
        *arguments(ARGUMENTS),
        Node(
            package='robot_state_publisher', executable='robot_state_publisher', output='screen',
            parameters=[{'robot_description': ArmModel.load().urdf}, clock],
        ),
        Node(
            package='tf2_ros', executable='static_transform_publisher',
            arguments=['--frame-id', 'world', '--child-frame-id', 'base_link'],
        ),
        Node(
            package='rviz2', executable='rviz2', parameters=[clock],
            arguments=['-d', str(share('rviz/foresight.rviz'))],
        ),
    ])
