"""Watches a running system from outside the tap: what the arm does and what nodes say."""

import time
from collections.abc import Callable
from typing import Any

import numpy as np
from diagnostic_msgs.msg import DiagnosticArray
from rclpy.node import Node
from sensor_msgs.msg import JointState
from trajectory_msgs.msg import JointTrajectory

from foresight.data.joint_messages import joint_values, seconds
from foresight.faults.trace import Moment, Said, Trace
from foresight.nodes.endpoints import subscription
from foresight.nodes.qos import READ, RECORD
from foresight.nodes.topics import TOPICS, Qos
from foresight.robots.status import Status

MOVES = 0.1  # an arm faster than this is on its way [rad/s]


class Watcher:
    """Keeps a trace; its time is that of the simulator, whatever the others are told.

    Attributes:
        trace: What was seen since `begin`.
        last: What each node said last.
        acted: When an action began last.
        positions: Where the arm is [rad].
        speed: How fast it is [rad/s].
    """

    def __init__(
        self, node: Node, joints: tuple[str, ...], source: Callable[[str], str],
    ) -> None:
        """Listen; `source` says where a topic is heard as its publisher says it."""
        self._joints, self.last = joints, dict[str, Said]()
        self.positions, self.speed = np.zeros(len(joints)), 0.0
        self.moment, self.acted = Moment(0.0, 0.0), Moment(-np.inf, 0.0)
        self.begin()
        node.create_subscription(
            JointState, source('joint_states'), self._on_joints,
            RECORD[TOPICS['joint_states'].qos][0],
        )
        node.create_subscription(
            JointTrajectory, source('joint_plan'),
            lambda _: self.trace.plans.append(self.here), RECORD[TOPICS['joint_plan'].qos][0],
            raw=True,
        )
        subscription(node, 'commands', self._on_command, RECORD)
        # An action of before is no news, also to those who found its planner again.
        subscription(node, 'macro_action', self._on_action, {Qos.LATCHED: READ[Qos.EVENT]})
        subscription(node, '/diagnostics', self._on_diagnostics, RECORD)

    def begin(self) -> Trace:
        """Begin a new trace."""
        self.trace = Trace()
        return self.trace

    @property
    def now(self) -> float:
        """Simulated time [s]."""
        return self.moment.time

    @property
    def here(self) -> Moment:
        """This moment."""
        return Moment(self.now, time.monotonic())

    @property
    def moves(self) -> bool:
        """Whether the arm is on its way."""
        return self.speed > MOVES

    @property
    def phase(self) -> str:
        """What the planner is at."""
        return self.last['planner'].phase if 'planner' in self.last else ''

    def _on_joints(self, message: JointState) -> None:
        self.positions, velocities = joint_values(message, self._joints)
        self.moment = Moment(seconds(message.header.stamp), time.monotonic())
        self.speed = float(np.abs(velocities).max())
        self.trace.speeds.append((self.moment, self.speed))

    def _on_command(self, message: JointState) -> None:
        self.trace.told.append((np.array(message.position), np.array(message.velocity)))

    def _on_action(self, _: Any) -> None:
        self.acted = self.here
        self.trace.actions.append(self.acted)

    def _on_diagnostics(self, message: DiagnosticArray) -> None:
        for status in message.status:
            values = {item.key: item.value for item in status.values}
            said = Said(
                self.here, status.name, Status(values['status']), values.get('phase', ''),
            )
            self.last[status.name] = said
            self.trace.said.append(said)
