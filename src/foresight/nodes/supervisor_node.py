"""The supervisor node: brings the other nodes up, keeps them up, or stops the arm for good."""

import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from diagnostic_msgs.msg import DiagnosticArray
from lifecycle_msgs.msg import Transition
from lifecycle_msgs.srv import ChangeState
from std_srvs.srv import Trigger

from foresight.errors import NodeDiedError
from foresight.nodes.charge import Beat, Deed, Stage
from foresight.nodes.endpoints import subscription
from foresight.nodes.health import HOST, Health, beat_of
from foresight.nodes.local_process import LocalProcess
from foresight.nodes.parameters import declare, refuse_unknown
from foresight.nodes.run import run_once
from foresight.nodes.supervision import Order, Supervision, SupervisorConfig
from foresight.nodes.surviving import SurvivingNode
from foresight.nodes.topics import NODES

LOOK = 0.1  # between two looks at the nodes [s]
STEPS = {
    Deed.CONFIGURE: (Transition.TRANSITION_CONFIGURE, Stage.INACTIVE),
    Deed.ACTIVATE: (Transition.TRANSITION_ACTIVATE, Stage.ACTIVE),
    Deed.DEACTIVATE: (Transition.TRANSITION_DEACTIVATE, Stage.INACTIVE),
}
"""What leads to which state of a lifecycle."""


class SupervisorNode(SurvivingNode):
    """Hears `/diagnostics`, and does what its supervision says."""

    def __init__(self, name: str = 'supervisor') -> None:
        super().__init__(name)
        config = declare(self, SupervisorConfig())
        refuse_unknown(self)
        self._supervision = Supervision(config, time.monotonic())
        self.health = Health(self, lambda: self.get_clock().now().nanoseconds * 1e-9)
        self._processes: dict[str, LocalProcess | None] = {}
        self._callers: dict[tuple[str, Deed], Any] = {}
        for node in config.nodes:
            self._connect(node)
        subscription(self, '/diagnostics', self._on_diagnostics)

    def _connect(self, node: str) -> None:
        """Make what calls a node, long before it is called."""
        entry = NODES[node]
        if entry.lifecycle:
            changes: Any = self.create_client(ChangeState, f'{node}/change_state')
            self._callers.update({(node, deed): changes for deed in STEPS})
        for deed, service in ((Deed.RESUME, entry.resume), (Deed.STOP, entry.stop)):
            if service:
                self._callers[node, deed] = self.create_client(Trigger, service)

    def work(self, spin_once: Callable[[float], None]) -> None:
        """Keep the nodes up; `spin_once` waits so long for one callback at most [s].

        Raises:
            NodeDiedError: If one cannot be brought up the first time.
        """
        due = time.monotonic()
        while self.context.ok():
            spin_once(LOOK)
            if time.monotonic() >= due:
                due = time.monotonic() + LOOK
                self._look()

    def _look(self) -> None:
        """Look at every node, and do what is to be done."""
        supervision = self._supervision
        for name, process in self._processes.items():
            if process is not None and name in supervision.beats and not process.is_alive:
                supervision.lose(name, 'ended', time.monotonic())
        orders = supervision.orders(time.monotonic())
        finding = supervision.finding
        self.health.report(finding.status, finding.reason)
        for order in orders:
            self._do(order)
        if supervision.failure and not supervision.complete:
            raise NodeDiedError(supervision.failure)

    def _on_diagnostics(self, message: DiagnosticArray) -> None:
        space = self.get_namespace().rstrip('/')
        for status in message.status:
            beat = beat_of(status)
            if beat is not None and beat.node == f'{space}/{status.name}':
                self._hear(status.name, beat)

    def _hear(self, name: str, beat: Beat) -> None:
        known = self._supervision.beats.get(name)
        if known is None or not known.same_process(beat):
            here = beat.host == HOST
            self._processes[name] = LocalProcess.find(beat.pid, name) if here else None
        self._supervision.hear(replace(beat, node=name), time.monotonic())

    def _do(self, order: Order) -> None:
        """Carry out one order."""
        if order.deed is Deed.KILL:
            self._kill(order.node)
            return
        client = self._callers.get((order.node, order.deed))
        if client is None or not client.service_is_ready():
            return
        self.get_logger().info(f'{order.deed} {order.node}')
        request = ChangeState.Request(transition=Transition(id=STEPS[order.deed][0])) \
            if order.deed in STEPS else Trigger.Request()
        client.call_async(request).add_done_callback(partial(
            self._take, order, self._supervision.beats[order.node],
        ))

    def _take(self, order: Order, asked: Beat, answer: Any) -> None:
        """Take an answer; that of a stage comes before the node next speaks."""
        if answer.exception() is not None or not answer.result().success:
            why = answer.exception() or getattr(answer.result(), 'message', 'see its log')
            self.get_logger().error(f'{order.node} does not {order.deed}: {why}')
        elif order.deed in STEPS:
            self._hear(order.node, replace(asked, stage=STEPS[order.deed][1]))

    def _kill(self, node: str) -> None:
        """End a silent process, if it runs on this host."""
        process = self._processes[node]
        if process is not None:
            self.get_logger().error(f'{node} is silent: its process is killed')
            process.kill()
        else:
            self.get_logger().error(f'{node} is silent, and not on this host: end it there')


def main() -> None:
    """Run the node."""
    run_once(SupervisorNode, lambda node, executor: node.work(executor.spin_once))


if __name__ == '__main__':
    main()
