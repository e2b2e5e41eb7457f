"""The simulator node: arm, table and camera at a chosen real-time factor, with `/clock`."""

import math
from dataclasses import replace

import numpy as np
from geometry_msgs.msg import PoseArray
from rclpy.clock import Clock
from rclpy.clock_type import ClockType
from rclpy.node import Node
from rosgraph_msgs.msg import Clock as ClockMessage
from scipy.spatial.transform import Rotation
from sensor_msgs.msg import JointState
from std_msgs.msg import String

from foresight.data.joint_messages import BASE, joint_values
from foresight.errors import RobotError
from foresight.nodes.convert import camera_info, camera_pose, image_message, quaternion_pose
from foresight.nodes.endpoints import publisher, service, subscription
from foresight.nodes.health import Health
from foresight.nodes.joint_convert import header, joint_state, stamp_of
from foresight.nodes.parameters import declare, refuse_unknown
from foresight.nodes.run import run
from foresight.nodes.scheduling import take_turns
from foresight.nodes.settings import JudgeConfig
from foresight.robots.arm import ArmModel
from foresight.robots.robot_file import RobotConfig
from foresight.robots.status import Status
from foresight.sim.clear_table import ClearTable
from foresight.sim.settings import SimConfig
from foresight.sim.site import load_site
from foresight.tasks.clear_table.score import score
from foresight.tasks.site_file import PlaceConfig
from foresight.tasks.task_file import load_task

PATIENCE = 0.1  # commands older than this make the driver hold [s]
TRUTH_RATE = 10.0  # of the ground truth [Hz]


class SimNode(Node):
    """Steps the scene in real time; its driver holds the arm when commands stop.

    Simulated time never jumps back: a reset goes on where the clock is.
    """

    def __init__(self, name: str = 'sim') -> None:
        super().__init__(name)
        robot = declare(self, RobotConfig()).robot
        place = load_site(declare(self, PlaceConfig()).site)
        self._config = declare(self, place.sim, changeable=('seed', 'object_set'))
        self._scene = declare(self, place.scene, 'scene.')
        self._camera = declare(self, place.camera, 'camera.')
        self._arm = ArmModel.load(robot, self._scene.stand)
        self._success = load_task(declare(self, JudgeConfig()).task).success.make(self._scene)
        self._base_from_table = np.linalg.inv(self._arm.table_from_base)
        refuse_unknown(self)
        self._table = self._make_table(self._config)
        self._tick_count, self._period = 0, 1.0 / self._config.command_rate
        self._command: tuple[np.ndarray, np.ndarray] | None = None
        self._command_at = -math.inf
        self._standing: dict[str, int] = {}
        self._connect()
        self._show_camera()
        factor = self._config.real_time_factor
        if not 0.0 < factor <= 1.0:
            take_turns()
        period = self._period / factor if factor else 0.0
        steady = Clock(clock_type=ClockType.STEADY_TIME)
        self._timer = self.create_timer(period, self._tick, clock=steady)

    def _connect(self) -> None:
        """Make publishers, the command subscription and the reset service."""
        self.health = Health(self, lambda: self.time)
        self._clock_out = publisher(self, '/clock')
        self._image = publisher(self, 'camera/image_raw')
        self._info = publisher(self, 'camera/camera_info')
        self._pose = publisher(self, 'camera/pose')
        self._joints = publisher(self, 'joint_states')
        self._truth = publisher(self, 'ground_truth/poses')
        self._description = publisher(self, 'robot_description')
        self._description.publish(String(data=self._arm.urdf))
        subscription(self, 'commands', self._on_command)
        service(self, 'sim/reset', self._reset)

    @property
    def time(self) -> float:
        """Simulated time [s]."""
        return self._tick_count * self._period

    def _make_table(self, config: SimConfig) -> ClearTable:
        return ClearTable(config, self._scene, self._camera, self._arm)

    def _reset(self) -> str:
        """Start the episode of the parameters `seed` and `object_set`."""
        seed, kind = (self.get_parameter(name).value for name in ('seed', 'object_set'))
        config = replace(self._config, seed=seed, object_set=kind)
        self._table.close()
        self._table = self._make_table(config)
        self._command = None
        self._show_camera()
        return f'{len(self._table.bodies.specs)} objects of seed {seed}'

    def _show_camera(self) -> None:
        view = self._table.view
        pose = self._base_from_table @ view.base_from_camera
        self._pose.publish(camera_pose(replace(view, base_from_camera=pose), self.time))

    def _on_command(self, message: JointState) -> None:
        try:
            self._command = joint_values(message, self._table.joint_names)
        except RobotError as error:
            self.get_logger().error(f'command refused: {error}', throttle_duration_sec=1.0)
            return
        self._command_at = self.time

    def _tick(self) -> None:
        """Show what is there, then advance by one command period.

        In this order the clock ticks evenly, however long a step takes.
        """
        fresh = self._command is not None and self.time - self._command_at < PATIENCE
        self._clock_out.publish(ClockMessage(clock=stamp_of(self.time)))
        table = self._table
        self._joints.publish(joint_state(
            table.joint_names, table.joint_positions, table.joint_velocities, self.time,
        ))
        if self._is_due(self._camera.rate):
            self._show_image()
        if self._is_due(TRUTH_RATE):
            self._show_truth(fresh)
        table.step(*self._command) if fresh and self._command else table.step()
        self._tick_count += 1

    def _is_due(self, rate: float) -> bool:
        """Return whether something of this rate [Hz] is due at this tick."""
        return self._tick_count % max(1, round(self._config.command_rate / rate)) == 0

    def _show_image(self) -> None:
        """Publish image and intrinsics with the same stamp."""
        observation = self._table.observe()
        self._image.publish(image_message(observation.image, self.time))
        self._info.publish(camera_info(observation.view, self.time))

    def _show_truth(self, driven: bool) -> None:
        """Publish object poses and how the episode stands."""
        states = self._table.objects()
        moved = self._base_from_table
        turns = Rotation.from_matrix(moved[:3, :3]) * Rotation.from_quat(states.orientations)
        positions = states.positions @ moved[:3, :3].T + moved[:3, 3]
        poses = [quaternion_pose(*pair) for pair in zip(positions, turns.as_quat(), strict=True)]
        self._truth.publish(PoseArray(header=header(self.time, BASE), poses=poses))
        found = score(states, self._success)
        standing = {
            'objects': len(states.status), 'cleared': found.cleared, 'dropped': found.dropped,
            'remaining': found.remaining, 'seed': self._table.sim.seed,
        }
        self.health.figures(standing, now=standing != self._standing)
        self._standing = standing
        if driven:
            self.health.report(Status.OK)
        else:
            self.health.report(Status.IDLE, 'no fresh commands: the driver holds')

    def destroy_node(self) -> None:
        """Disconnect the physics client too."""
        self._table.close()
        super().destroy_node()


def main() -> None:
    """Run the node."""
    run(SimNode, keeps_time=True)


if __name__ == '__main__':
    main()
