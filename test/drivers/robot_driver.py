"""A process that stands in for the drivers of an arm and a camera, faults and all."""

import argparse
import time

import numpy as np
import rclpy
from geometry_msgs.msg import PoseStamped
from rclpy.qos import DurabilityPolicy, QoSProfile
from sensor_msgs.msg import CameraInfo, Image, JointState
from std_msgs.msg import Float64MultiArray

from foresight.nodes.convert import camera_info, camera_pose, image_message
from foresight.nodes.joint_convert import joint_state
from foresight.protocols import CameraView
from foresight.robots.arm import ArmModel

LOOKS_DOWN = np.array([[0.0, -1.0, 0.0, 0.5], [-1.0, 0.0, 0.0, 0.1], [0.0, 0.0, -1.0, 1.25],
                       [0.0, 0.0, 0.0, 1.0]])
MATRIX = np.array([[100.0, 0.0, 63.5], [0.0, 100.0, 47.5], [0.0, 0.0, 1.0]])
LATCHED = QoSProfile(depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL)


def main():
    """Publish until killed."""
    parser = argparse.ArgumentParser()
    parser.add_argument('--robot', default='ur5e')
    parser.add_argument('--camera-ahead', type=float, default=0.0)
    parser.add_argument('--joints-old', type=float, default=0.0)
    parser.add_argument('--without', nargs='*', default=[])
    parser.add_argument('--volatile-pose', action='store_true')
    parser.add_argument('--period', type=float, default=0.02)
    given = parser.parse_args()
    rclpy.init()
    node, arm = rclpy.create_node('driver'), ArmModel.load(given.robot)
    kinds = {'camera/image_raw': Image, 'camera/camera_info': CameraInfo,
             'joint_states': JointState, 'camera/pose': PoseStamped}
    latched = 5 if given.volatile_pose else LATCHED
    send = {name: node.create_publisher(kind, name, latched if name == 'camera/pose' else 10)
            for name, kind in kinds.items() if name not in given.without}
    if 'commands' not in given.without:
        node.create_subscription(Float64MultiArray, '/forward_position_controller/commands',
                                 print, 10)
    names = tuple(name for name in arm.joint_names if name not in given.without)
    still, view = np.zeros(len(names)), CameraView(MATRIX, LOOKS_DOWN, 128, 96)
    places = np.array([place for name, place in zip(arm.joint_names, arm.retract, strict=True)
                       if name in names])
    image = np.zeros((96, 128, 3), np.uint8)
    print('up', flush=True)
    for tick in range(10**9):
        now = node.get_clock().now().nanoseconds * 1e-9
        seen = now + given.camera_ahead
        made = {'joint_states': joint_state(names, places, still, now - given.joints_old)}
        if tick % 5 == 0:
            made |= {'camera/image_raw': image_message(image, seen),
                     'camera/camera_info': camera_info(view, seen)}
        if tick % 50 == 0:
            made |= {'camera/pose': camera_pose(view, now)}
        for name in made.keys() & send.keys():
            send[name].publish(made[name])
        time.sleep(given.period)


if __name__ == '__main__':
    main()
