"""What a node says about itself in `/diagnostics`, once a second and whenever it changes."""

from collections.abc import Callable, Mapping

from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus, KeyValue
from rclpy.node import Node

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
}


class Health:
    """Status, reason and figures of a node.

    Attributes:
        status: What the node is doing.
        reason: Why, in words; empty when all is well.
    """

    def __init__(self, node: Node, clock: Callable[[], float]) -> None:
        """Publish once a second, stamped by `clock` [s]."""
        self._node, self._clock = node, clock
        self.status, self.reason = Status.IDLE, ''
        self._figures: dict[str, str] = {}
        self._publisher = publisher(node, '/diagnostics')
        node.create_timer(1.0, self.publish)

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
        values = [KeyValue(key='status', value=str(self.status))]
        values += [KeyValue(key=key, value=value) for key, value in self._figures.items()]
        status = DiagnosticStatus(
            level=LEVELS[self.status], name=self._node.get_name(), message=self.reason,
            hardware_id='foresight', values=values,
        )
        time = self._clock()
        self._publisher.publish(DiagnosticArray(header=header(time, ''), status=[status]))
