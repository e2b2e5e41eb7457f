"""A running system in processes of its own: brought up, played with, taken down."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import rclpy
from lifecycle_msgs.msg import Transition
from lifecycle_msgs.srv import ChangeState
from rcl_interfaces.msg import Parameter as ParameterMessage
from rcl_interfaces.srv import SetParameters
from rclpy.context import Context
from rclpy.executors import SingleThreadedExecutor
from rclpy.parameter import Parameter
from rclpy.signals import SignalHandlerOptions
from std_srvs.srv import Trigger

from foresight.config import SimConfig
from foresight.errors import ForesightError
from foresight.nodes.monitor import Monitor
from foresight.nodes.processes import NodeProcesses, free_domain, local_environment
from foresight.nodes.summary import summarise
from foresight.nodes.topics import NODES
from foresight.viz.demo_result import DemoResult

ANSWER = 30.0  # longest wait for a node to answer: loading a model on a busy machine [s]
START = 60.0  # longest wait for a node to appear [s]
PER_PUSH = 15.0  # longest wait for one push [s]
REST = 2.0  # wait for the last objects to come to rest [s]
OVER = ('IDLE', 'DONE')


@dataclass(frozen=True)
class SessionOptions:
    """What runs.

    Attributes:
        checkpoint: Folder of the world model.
        sim: Objects, physics and real-time factor.
        bags: Folder of the bags; None records nothing.
        logs: Folder of the nodes' output.
        deadline: Wall-clock limit of one plan [s]; None keeps the planner's own.
    """

    checkpoint: Path
    sim: SimConfig
    bags: Path | None
    logs: Path
    deadline: float | None = None

    def parameters(self, node: str) -> dict[str, Any]:
        """Return the parameters of a node."""
        sim: dict[str, Any] = {
            'objects': self.sim.objects, 'real_time_factor': self.sim.real_time_factor,
            'object_set': 'empty',
        }
        model = {'use_sim_time': True, 'checkpoint': str(self.checkpoint.resolve())}
        limit = {} if self.deadline is None else {'deadline': self.deadline}
        table: dict[str, dict[str, Any]] = {
            'sim': sim,
            'perception': model,
            'predictor': model,
            'planner': {**model, **limit, 'max_pushes': self.sim.max_pushes},
            'guard': {'use_sim_time': True},
            'recorder': {
                'use_sim_time': True, 'autostart': False, 'folder': str(self.bags or ''),
            },
        }
        return table[node]


@dataclass(frozen=True)
class Moment:
    """How an episode stands.

    Attributes:
        left: Objects on the table, from ground truth.
        pushes: Pushes so far.
        plan_ms: Time of the last plan [ms].
        surprise: Newest surprise, if there is one.
        phase: What the planner is at.
    """

    left: int
    pushes: int
    plan_ms: float
    surprise: float | None
    phase: str


class RosSession:
    """Nodes as separate processes over DDS, on a domain of their own, on this host only."""

    def __init__(self, options: SessionOptions) -> None:
        """Keep what to run; entering the session starts it."""
        self._options = options
        self._stack = ExitStack()
        self._resident: dict[str, int] = {}
        self._clients: dict[str, Any] = {}

    def __enter__(self) -> Self:
        """Start the nodes, configure and activate them."""
        with ExitStack() as stack:
            domain = free_domain()
            environment = local_environment(domain)
            # This process talks to them by the same rules.
            os.environ.update(environment)
            self._processes = stack.enter_context(
                NodeProcesses(environment, self._options.logs)
            )
            for entry in self._entries():
                self._processes.start(entry, self._options.parameters(entry.name))
            context = Context()
            rclpy.init(
                args=[], context=context, domain_id=domain,
                signal_handler_options=SignalHandlerOptions.NO,
            )
            stack.callback(context.try_shutdown)
            self.monitor = Monitor(context)
            stack.callback(self.monitor.destroy_node)
            self._executor = SingleThreadedExecutor(context=context)
            stack.callback(self._executor.shutdown)
            self._executor.add_node(self.monitor)
            self._bring_up()
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop every node."""
        self._stack.close()

    def play(self, seed: int, show: Callable[[Moment], None] | None = None) -> DemoResult:
        """Run one episode to its end.

        Args:
            seed: Seed of the scene and of the planner.
            show: Called a few times a second with how it stands.

        Raises:
            ForesightError: If a node dies, does not answer or cannot start.
        """
        self._set('sim', seed=seed, object_set='empty')
        self._set('planner', seed=seed)
        self._trigger('sim/reset')
        self._capture()
        if self._options.bags is not None:
            self._trigger('recorder/start')
        self.monitor.clear()
        self._set('sim', object_set=self._options.sim.object_set)
        self._trigger('sim/reset')
        self._trigger('predictor/clear_memory')
        begin, simulated = time.monotonic(), self.monitor.now
        self._trigger('planner/start')
        ending = self._watch(show or (lambda moment: None))
        seconds = time.monotonic() - begin
        result = summarise(
            self.monitor, seed, ending, self._resident, seconds, self.monitor.now - simulated,
        )
        if self._options.bags is not None:
            self._trigger('recorder/stop')
        return result

    def _entries(self) -> Iterator[Any]:
        """Return the nodes to run."""
        for entry in NODES.values():
            if entry.name != 'recorder' or self._options.bags is not None:
                yield entry

    def _bring_up(self) -> None:
        """Configure and activate the lifecycle nodes, all at once."""
        nodes = [entry.name for entry in self._entries() if entry.lifecycle]
        for step in (Transition.TRANSITION_CONFIGURE, Transition.TRANSITION_ACTIVATE):
            request = ChangeState.Request(transition=Transition(id=step))
            answers = {
                name: self._ask(ChangeState, f'{name}/change_state', request) for name in nodes
            }
            for name, answer in answers.items():
                if not self._wait_for(answer, name).success:
                    raise ForesightError(f'{name}: {self._processes.last_words(name)}')

    def _capture(self) -> None:
        """Let perception take the empty table, as soon as it has seen it."""
        after = self.monitor.now
        self._spin_until(lambda: any(f.stamp > after for f in self.monitor.frames), ANSWER)
        deadline = time.monotonic() + ANSWER
        while True:
            answer = self._wait_for(
                self._ask(Trigger, 'perception/capture_background', Trigger.Request()),
                'perception',
            )
            if answer.success:
                return
            if time.monotonic() > deadline:
                raise ForesightError(f'perception: {answer.message}')
            self._spin(0.1)

    def _watch(self, show: Callable[[Moment], None]) -> str:
        """Follow the episode and say why it ended."""
        deadline = time.monotonic() + PER_PUSH * (self._options.sim.max_pushes + 1)
        self._spin_until(lambda: self._phase() not in ('', *OVER), ANSWER)
        while self._phase() not in OVER:
            if time.monotonic() > deadline:
                raise ForesightError('the episode does not end: see the logs of the nodes')
            self._spin(0.2)
            self._resident = _largest(self._resident, self._processes.resident())
            show(self._moment())
            if self._is_clear():
                self._trigger('planner/stop')
                self._spin_until(lambda: self._phase() in OVER, ANSWER)
                return 'nothing is left on the table'
        end = self.monitor.now + REST
        self._spin_until(lambda: self._is_clear() or self.monitor.now > end, ANSWER)
        show(self._moment())
        return self.monitor.reasons.get('planner', '')

    def _is_clear(self) -> bool:
        """Return whether the ground truth says that nothing is left on the table."""
        placed = self.monitor.figure('sim', 'objects') == self._options.sim.objects
        return placed and self.monitor.figure('sim', 'remaining') == 0.0

    def _phase(self) -> str:
        """Return what the planner is at."""
        return self.monitor.figures.get('planner', {}).get('phase', '')

    def _moment(self) -> Moment:
        """Return how the episode stands."""
        monitor = self.monitor
        pushes, left = monitor.figure('planner', 'pushes'), monitor.figure('sim', 'remaining')
        return Moment(
            -1 if left != left else int(left), 0 if pushes != pushes else int(pushes),
            monitor.figure('planner', 'plan_ms'), monitor.surprise, self._phase(),
        )

    def _set(self, node: str, **values: Any) -> None:
        """Set parameters of a node."""
        parameters: list[ParameterMessage] = [
            Parameter(name, value=value).to_parameter_msg() for name, value in values.items()
        ]
        request = SetParameters.Request(parameters=parameters)
        answer = self._wait_for(self._ask(SetParameters, f'{node}/set_parameters', request), node)
        refused = [result.reason for result in answer.results if not result.successful]
        if refused:
            raise ForesightError(f'{node}: {", ".join(refused)}')

    def _trigger(self, name: str) -> str:
        """Call a Trigger service and return what it says."""
        answer = self._wait_for(self._ask(Trigger, name, Trigger.Request()), name)
        if not answer.success:
            raise ForesightError(f'{name}: {answer.message}')
        return str(answer.message)

    def _ask(self, kind: Any, name: str, request: Any) -> Any:
        """Call a service once it is there; return what will hold the answer."""
        if name not in self._clients:
            self._clients[name] = self.monitor.create_client(kind, name)
        client = self._clients[name]
        self._spin_until(client.service_is_ready, START, f'{name} does not appear')
        return client.call_async(request)

    def _wait_for(self, answer: Any, name: str) -> Any:
        """Return the answer of a service."""
        self._spin_until(answer.done, ANSWER, f'{name} does not answer')
        return answer.result()

    def _spin_until(self, condition: Callable[[], bool], limit: float, what: str = '') -> None:
        """Spin until something holds."""
        deadline = time.monotonic() + limit
        while not condition():
            self._executor.spin_once(timeout_sec=0.05)
            self._processes.check()
            if time.monotonic() > deadline:
                raise ForesightError(
                    f'{what or "a node does not appear"}: see {self._options.logs}'
                )

    def _spin(self, seconds: float) -> None:
        """Spin for a while."""
        end = time.monotonic() + seconds
        self._spin_until(lambda: time.monotonic() > end, seconds + ANSWER)


def _largest(before: dict[str, int], now: dict[str, int]) -> dict[str, int]:
    """Return the larger of two figures, by name."""
    return {name: max(before.get(name, 0), value) for name, value in now.items()}
