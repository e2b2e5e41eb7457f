"""Shows the robot in RViz; needs robot_state_publisher, tf2_ros and rviz2."""

from launch import LaunchDescription
from launch.actions import OpaqueFunction
from launch.conditions import IfCondition
from launch.substitutions import LaunchConfiguration
from launch_ros.actions import Node

from foresight.files import share
from foresight.nodes.bringup import NAMESPACE, arguments, typed
from foresight.robots.arm import ArmModel

ARGUMENTS = {
    'robot': ('panda', 'name of the robot, its folder, or its file'),
    'use_sim_time': ('true', 'follow /clock'),
    'publish_frames': ('true', 'start a robot_state_publisher: the driver of an arm has its own'),
    **NAMESPACE,
}


def nodes(context):
    clock = {'use_sim_time': typed('use_sim_time', bool)}
    space = LaunchConfiguration('namespace')
    frames = IfCondition(LaunchConfiguration('publish_frames'))
    arm = ArmModel.load(LaunchConfiguration('robot').perform(context))
    return [
        Node(
            package='robot_state_publisher', executable='robot_state_publisher', namespace=space,
            output='screen', condition=frames,
            parameters=[{'robot_description': arm.urdf}, clock],
        ),
        Node(
            package='tf2_ros', executable='static_transform_publisher', condition=frames,
            arguments=['--frame-id', 'world', '--child-frame-id', arm.base_frame],
        ),
        Node(
            package='rviz2', executable='rviz2', namespace=space, parameters=[clock],
            arguments=['-d', str(share('rviz/foresight.rviz'))],
        ),
    ]


def generate_launch_description():
    return LaunchDescription([*arguments(ARGUMENTS), OpaqueFunction(function=nodes)])
