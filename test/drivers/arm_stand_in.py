"""Stands in for the drivers of an arm and of a RealSense: the simulated arm behind their topics.

The arm takes what its `driver.yaml` says: numbers, trajectories or joint states, as the controller
of ros2_control does.

Guided by hand (`/stand_in/hand`, joints [rad]) it stands where it is put; told `board`, `empty` or
`things` (`/stand_in/show`) its camera sees a board on the tool, an empty table, or things on it.
Commands count after `/stand_in/activate`, as with a controller that was switched on.
"""

import argparse
import time
from dataclasses import replace

import numpy as np
import rclpy
from board_picture import draw_board, pose
from controllers import Arm, ForwardController, StateController, TrajectoryController
from geometry_msgs.msg import PoseStamped
from rosgraph_msgs.msg import Clock
from sensor_msgs.msg import CameraInfo, Image, JointState
from std_msgs.msg import Float64MultiArray, Int32MultiArray, String
from trajectory_msgs.msg import JointTrajectory

from foresight.calibration.board import BoardConfig
from foresight.nodes.convert import camera_info, camera_pose, image_message
from foresight.nodes.drivers import driver_names
from foresight.nodes.joint_convert import joint_state, stamp_of
from foresight.nodes.qos import BEST_EFFORT, LATCHED, QoSProfile
from foresight.robots.arm import ArmModel
from foresight.settings import SceneConfig
from foresight.sim.clear_table import ClearTable
from foresight.sim.settings import CameraConfig, SimConfig

PERIOD, PICTURES = 0.01, 15  # of its loop [s], and its periods from picture to picture
STAND = (0.02, -0.01, -0.015, 0.03)  # where the arm stands, which nobody was told
MOUNT = pose([0.03, -0.02, -0.03], [-0.2, 0.1, 0.05])  # the board on the tool, likewise
TAKES = {
    'float64_multi_array': (Float64MultiArray, ForwardController),
    'joint_trajectory': (JointTrajectory, TrajectoryController),
    'joint_state': (JointState, StateController),
}
"""What commands are, and what takes them."""


class StandIn:
    """One process with a clock of its own, as slow as the machine."""

    def __init__(self, robot: str, seed: int) -> None:
        rclpy.init()
        self.node, self.model = rclpy.create_node('stand_in'), ArmModel.load(robot, STAND)
        names = driver_names(robot)
        commands, self.takes = TAKES[names['command_interface']]
        self.order = sorted(self.model.joint_names)  # as joint_state_broadcaster sends them
        self.sim = SimConfig(objects=1, seed=seed, object_set='empty')
        self.shows, self.hand, self.active, self.time = 'empty', None, False, 0.0
        self.table = self.begin()
        make = self.node.create_publisher
        self.clock, self.joints = make(Clock, '/clock', 10), make(
            JointState, names['joint_states'], 10)
        self.image = make(Image, '/camera/camera/color/image_raw', 10)
        self.info = make(CameraInfo, '/camera/camera/color/camera_info', 10)
        self.standing = make(Int32MultiArray, '/stand_in/standing', 10)
        self.pose = make(PoseStamped, '/stand_in/camera', LATCHED)
        self.pose.publish(camera_pose(self.table.view, 0.0))
        listen = self.node.create_subscription
        listen(commands, names['commands'], self.command,
               QoSProfile(depth=1, reliability=BEST_EFFORT))
        listen(Float64MultiArray, '/stand_in/hand', self.guide, 10)
        listen(String, '/stand_in/show', self.show, 10)
        listen(String, '/stand_in/activate', self.activate, 10)

    def begin(self) -> ClearTable:
        """Make a world; the arm rests at its retract pose, behind its controller."""
        camera = CameraConfig(width=640, height=480, rate=5.0, position_jitter=0.03,
                              angle_jitter=0.04)
        retract = np.array(self.model.retract)
        self.arm = Arm(self.takes(self.model.joint_names, retract))
        return ClearTable(self.sim, SceneConfig(stand=STAND), camera, self.model)

    def command(self, message: Float64MultiArray | JointTrajectory | JointState) -> None:
        if self.active:
            self.arm.send(message, self.time)

    def guide(self, message: Float64MultiArray) -> None:
        self.hand = np.array(message.data) if len(message.data) else None

    def activate(self, message: String) -> None:
        self.active = message.data == 'on'

    def show(self, message: String) -> None:
        if message.data in ('empty', 'things'):
            self.table.close()
            self.sim = replace(
                self.sim, object_set='empty' if message.data == 'empty' else 'seen')
            self.table, self.hand = self.begin(), None
        self.shows = message.data

    def positions(self) -> np.ndarray:
        """Where the arm is [rad]."""
        return self.table.joint_positions if self.hand is None else self.hand

    def picture(self) -> np.ndarray:
        """What the camera sees."""
        observed = self.table.observe()
        if self.shows != 'board':
            return observed.image
        there = np.linalg.inv(observed.view.base_from_camera) @ self.model.tool_pose(
            self.positions()) @ MOUNT
        return draw_board(observed.image, BoardConfig(), there, observed.view.matrix)

    def tick(self, count: int) -> None:
        """Let one period pass."""
        if self.hand is None:
            self.arm.advance(self.time, PERIOD)
            self.table.step(self.arm.positions, self.arm.speeds[-1])
        self.time += PERIOD
        self.clock.publish(Clock(clock=stamp_of(self.time)))
        order = [self.model.joint_names.index(name) for name in self.order]
        noise = np.round(self.arm._generator.normal(0.0, 2e-5, len(order)), 6)
        speeds = self.table.joint_velocities if self.hand is None else np.zeros(len(order))
        self.joints.publish(joint_state(
            self.order, (self.positions() + noise)[order], speeds[order], self.time))
        if count % PICTURES == 0:
            view = self.table.view
            self.image.publish(image_message(self.picture(), self.time, 'camera_color_optical'))
            self.info.publish(camera_info(view, self.time))
        if count % 50 == 0:
            status = self.table.objects().status
            self.standing.publish(Int32MultiArray(
                data=[len(status), status.count('table'), len(self.arm.controller.refused)]))

    def run(self) -> None:
        """Go on until killed."""
        for count in range(10**9):
            begin = time.monotonic()
            for _ in range(8):
                rclpy.spin_once(self.node, timeout_sec=0.0)
            self.tick(count)
            time.sleep(max(0.0, PERIOD - (time.monotonic() - begin)))


if __name__ == '__main__':
    parser = argparse.ArgumentParser()
    parser.add_argument('--robot', required=True)
    parser.add_argument('--seed', type=int, default=1)
    given = parser.parse_args()
    StandIn(given.robot, given.seed).run()
