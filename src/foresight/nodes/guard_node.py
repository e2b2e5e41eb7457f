"""The guard node: plans in, safe commands out. It knows nothing of learning."""

import time
from collections import deque
from functools import partial
from pathlib import Path

import numpy as np
from rclpy.duration import Duration
from rclpy.serialization import deserialize_message
from std_msgs.msg import Bool, Float64
from trajectory_msgs.msg import JointTrajectory

from foresight.data.joint_messages import plan_window
from foresight.errors import RobotError
from foresight.nodes.commands import INTERFACES, CommandStream
from foresight.nodes.endpoints import publisher, service, subscription
from foresight.nodes.joint_reader import JointReader
from foresight.nodes.parameters import declare
from foresight.nodes.run import run
from foresight.nodes.staged import StagedNode
from foresight.nodes.zone_reader import ZoneReader
from foresight.robots import findings
from foresight.robots.arm import ArmModel
from foresight.robots.e_stop import EStop
from foresight.robots.guard_config import Command, GuardConfig
from foresight.robots.guarding import Guard
from foresight.robots.limits import JointLimits
from foresight.robots.pace import ImaginedArm, PaceConfig
from foresight.robots.plan_window import Joints
from foresight.robots.robot_file import RobotConfig, prefixed
from foresight.robots.status import Status
from foresight.robots.workspace import Workspace
from foresight.robots.zones import Zone
from foresight.tasks.site_file import PlaceConfig, load_scene

DRY = 'dry run: nothing is sent to the arm'
LARGEST = 1 << 20  # a plan of more bytes is not even read
ACKNOWLEDGED = Duration(seconds=0.1)  # longest wait for the reader of the last command


class GuardNode(StagedNode):
    """Rides the plan window at 100 Hz and publishes what the limits allow."""

    def __init__(self, name: str = 'guard') -> None:
        super().__init__(name)
        self._guard: Guard | None = None
        self._stream: CommandStream | None = None
        file = self._config.e_stop_file
        self._e_stop = EStop(Path(file) if file else None)
        self._remarks = [DRY] if self._pace.dry_run else []
        self._scaling = ''
        self._spent: deque[float] = deque(maxlen=1000)
        self._intervals: deque[float] = deque(maxlen=1000)
        self._last = time.perf_counter()
        kind = INTERFACES[self._config.command_interface]
        self._imagined = ImaginedArm() if self._pace.dry_run else None
        self._commands = None if self._pace.dry_run else publisher(self, 'commands', kind)
        self._joints = JointReader(self, self._on_joints)
        self._plans = subscription(self, 'joint_plan', self._on_plan, raw=True)[0]
        subscription(self, 'e_stop', self._on_e_stop)
        subscription(self, 'speed_scaling', self._on_scaling)
        self._zones = ZoneReader(self, self._on_zone, self._on_bad_zone)
        service(self, 'guard/e_stop', self._stop)
        service(self, 'guard/release', self._release)
        self.create_timer(1.0 / self._config.rate, self._tick)

    def declare(self) -> None:
        """Declare the limits, the robot and where it stands."""
        self._config = declare(self, GuardConfig())
        self._robot = declare(self, RobotConfig())
        self._site = declare(self, PlaceConfig()).site
        self._pace = declare(self, PaceConfig())

    def configure(self) -> None:
        """Read limits and shapes from the URDF, the table from the site."""
        if self._guard is not None and self._guard.stopping:
            raise RobotError('the arm still comes to rest: configure again in a moment')
        scene = load_scene(self._site)
        arm = ArmModel.load(self._robot.robot, scene.stand)
        workspace = Workspace(arm, scene, self._config.table_margin)
        limits = JointLimits.of(arm, self._pace.share)
        self._make = partial(Guard, limits, self._config, self._e_stop, workspace)
        self._guard = self._make()
        self._joints.follow(arm.joint_names, self._robot.joint_prefix)
        self._zones.follow(arm)
        self._stream = CommandStream(
            self._config.command_interface, prefixed(arm.joint_names, self._robot.joint_prefix),
            arm.position_low, arm.position_high, self._config.stop_deceleration,
            self._config.trajectory_delay,
        )

    def activate(self) -> None:
        """Measure from now on."""
        self._last = time.perf_counter()
        self._intervals.clear()

    def deactivate(self) -> None:
        """Hold: the ticks to come bring the arm to rest, and then say nothing more."""
        if self._guard is not None:
            self._guard.drop()

    def cleanup(self) -> None:
        """Forget joints and plan, once the arm is at rest, but not an e-stop."""
        if self._guard is not None and not self._guard.stopping:
            self._guard = None
            self._zones.forget()

    def come_to_rest(self) -> bool:
        """Slow the arm down; return whether it stands still and whoever moves it knows."""
        if self._guard is None or not self.active:
            return True
        self._guard.leave()
        known = self._commands is None or self._commands.wait_for_all_acked(ACKNOWLEDGED)
        return not self._guard.moving and known

    def _on_joints(self, positions: Joints, velocities: Joints, stamp: float) -> None:
        if self._guard is not None:
            if self._imagined is not None:
                positions, velocities = self._imagine(self._imagined, positions, velocities)
            # A stamp from the future must not keep old joints fresh.
            self._guard.accept_joints(positions, velocities, min(stamp, self.time))

    def _imagine(
        self, arm: ImaginedArm, positions: Joints, velocities: Joints,
    ) -> tuple[Joints, Joints]:
        """Return where the arm of a dry run is; one that ended elsewhere begins anew."""
        lost = self._guard is None or self._guard.finding.status is not Status.OK
        if lost and arm.is_lost(positions):
            self._guard, self._imagined = self._make(), ImaginedArm()
            return positions, velocities
        return arm.measured(positions, velocities)

    def _on_plan(self, message: bytes) -> None:
        if self._guard is None or not self.active:
            return
        self._count_rivals()
        try:
            if len(message) > LARGEST:
                raise RobotError(f'joint_plan has {len(message)} bytes: send at most {LARGEST}')
            plan = deserialize_message(message, JointTrajectory)
            self._guard.accept_plan(plan_window(plan, self._joints.names), self.time)
        except RobotError as error:
            self._guard.refuse_plan(str(error))
            self.get_logger().error(f'plan refused: {error}', throttle_duration_sec=1.0)

    def _count_rivals(self) -> None:
        """Ask the graph who sends plans."""
        if self._guard is not None:
            self._guard.rivals = max(self.count_publishers(self._plans.topic_name) - 1, 0)

    def _on_e_stop(self, message: Bool) -> None:
        self._e_stop.follow(message.data)

    def _on_zone(self, name: str, zone: Zone) -> None:
        if self._guard is not None:
            self._guard.keep_out(name, zone)
            self.get_logger().info(f'keeps out of the zone {name}')

    def _on_bad_zone(self, why: str) -> None:
        """Stop: the arm may be where somebody does not want it."""
        self._e_stop.trip(findings.bad_zone(why))

    def _on_scaling(self, message: Float64) -> None:
        self._scaling = findings.scaled(message.data)

    def _stop(self) -> str:
        self._e_stop.press()
        return 'the arm stops; call release when the cause is gone'

    def _release(self) -> str:
        if self._guard is None:
            raise RobotError('the guard is not configured: configure and activate it first')
        self._e_stop.release(self._guard.moving)
        return 'released; the next plan moves the arm'

    def _tick(self) -> None:
        if self._guard is None or not (self.active or self._guard.stopping):
            return
        begin = time.perf_counter()
        self._intervals.append(begin - self._last)
        self._last = begin
        command = self._guard.tick(self.time)
        if command is not None and self._imagined is not None:
            self._imagined.follow(command)
        elif command is not None:
            self._publish(command)
        finding = self._guard.finding
        words = filter(None, (finding.reason, self._scaling, *self._remarks))
        self.health.report(finding.status, '; '.join(words))
        self._spent.append(time.perf_counter() - begin)
        if len(self._spent) % 50 == 0:
            self._measure()
            self._count_rivals()

    def _measure(self) -> None:
        """Put the guard's own timing beside its status."""
        jitter = np.abs(np.array(self._intervals) - 1.0 / self._config.rate)
        self.health.figures({
            'tick_ms_p99': 1e3 * float(np.percentile(np.array(self._spent), 99)),
            'jitter_ms_p99': 1e3 * float(np.percentile(jitter, 99)),
        })

    def _publish(self, command: Command) -> None:
        """Publish in the message type the controller speaks."""
        assert self._stream is not None and self._commands is not None
        self._commands.publish(
            self._stream.message(command.positions, command.velocities, self.time)
        )


def main() -> None:
    """Run the node."""
    run(GuardNode, keeps_time=True, come_to_rest=GuardNode.come_to_rest)


if __name__ == '__main__':
    main()
