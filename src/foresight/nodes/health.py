"""What a node says about itself in `/diagnostics`, once a second and whenever it changes."""

import os
import socket
from collections.abc import Callable, Mapping

from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus, KeyValue
from rclpy.clock import Clock
from rclpy.clock_type import ClockType
from rclpy.node import Node

from foresight.nodes.charge import Beat, Stage
from foresight.nodes.endpoints import publisher
from foresight.nodes.joint_convert import header
from foresight.robots.status import Status

LEVELS = {
    Status.OK: DiagnosticStatus.OK, Status.IDLE: DiagnosticStatus.OK,
    Status.STALE_IMAGE: DiagnosticStatus.STALE, Status.STALE_JOINTS: DiagnosticStatus.STALE,
    Status.NO_PLAN: DiagnosticStatus.WARN, Status.LATE: DiagnosticStatus.WARN,
    Status.SURPRISED: DiagnosticStatus.WARN, Status.E_STOP: DiagnosticStatus.ERROR,
    Status.RIVAL: DiagnosticStatus.WARN, Status.OUTSIDE: DiagnosticStatus.WARN,
    Status.TRACKING: DiagnosticStatus.ERROR, Status.JOINTS_JUMPED: DiagnosticStatus.ERROR,
    Status.CLOCK_JUMPED: DiagnosticStatus.ERROR, Status.BLOCKED: DiagnosticStatus.WARN,
    Status.RESTORING: DiagnosticStatus.WARN, Status.NODE_LOST: DiagnosticStatus.ERROR,
}
HOST = socket.gethostname()


class Health:
    """Status, reason and figures of a node.

    Attributes:
        status: What the node is doing.
        reason: Why, in words; empty when all is well.
    """

    def __init__(
        self, node: Node, clock: Callable[[], float],
        stage: Callable[[], str] = lambda: Stage.ACTIVE,
    ) -> None:
        """Publish once a second, also while simulated time stands still.

        Args:
            node: Of which it speaks.
            clock: Stamps what it says [s].
            stage: State of the node's lifecycle, if it has one.
        """
        self._node, self._clock, self._stage = node, clock, stage
        self.status, self.reason = Status.IDLE, ''
        self._figures: dict[str, str] = {}
        self._failures, self._error = 0, ''
        self._publisher = publisher(node, '/diagnostics')
        steady = Clock(clock_type=ClockType.STEADY_TIME)
        node.create_timer(1.0, self.publish, clock=steady)

    def fail(self, why: str) -> None:
        """Say that a stage of the lifecycle failed."""
        self._failures, self._error = self._failures + 1, why
        self.publish()

    def report(self, status: Status, reason: str = '') -> None:
        """Set the status; a new one is logged and published at once."""
        changed = (status, reason) != (self.status, self.reason)
        self.status, self.reason = status, reason
        if changed:
            level = LEVELS[status]
            text = f'{status}: {reason}' if reason else str(status)
            logger = self._node.get_logger()
            # rclpy allows one severity a call site, so each has its own line.
            if level == DiagnosticStatus.OK:
                logger.info(text)
            else:
                logger.warning(text)
            self.publish()

    def figures(self, figures: Mapping[str, int | float | str], now: bool = False) -> None:
        """Set figures that travel along; `now` publishes them without waiting."""
        self._figures.update({
            key: value if isinstance(value, str) else f'{value:.6g}'
            for key, value in figures.items()
        })
        if now:
            self.publish()

    def publish(self) -> None:
        """Publish what is known."""
        said = {
            'status': self.status, 'node': self._node.get_fully_qualified_name(),
            'host': HOST, 'pid': os.getpid(), 'stage': self._stage(),
            'failures': self._failures, 'error': self._error,
        }
        values = [KeyValue(key=key, value=str(value)) for key, value in said.items()]
        values += [KeyValue(key=key, value=value) for key, value in self._figures.items()]
        status = DiagnosticStatus(
            level=LEVELS[self.status], name=self._node.get_name(), message=self.reason,
            hardware_id='foresight', values=values,
        )
        time = self._clock()
        self._publisher.publish(DiagnosticArray(header=header(time, ''), status=[status]))


def beat_of(status: DiagnosticStatus) -> Beat | None:
    """Return what a node of this package says of itself; None if it is another's."""
    said = {item.key: item.value for item in status.values}
    try:
        return Beat(
            said['node'], int(said['pid']), said['host'], said['stage'], said['status'],
            said.get('phase', ''), int(said['failures']), said['error'],
        )
    except (KeyError, ValueError):
        return None
