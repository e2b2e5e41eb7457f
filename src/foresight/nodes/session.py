"""A running system in processes of its own: brought up, played with, taken down."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

import rclpy
from lifecycle_msgs.msg import State, Transition
from lifecycle_msgs.srv import ChangeState, GetState
from rclpy.context import Context
from rclpy.executors import SingleThreadedExecutor
from rclpy.signals import SignalHandlerOptions

from foresight.data.bags.actions import BagConfig
from foresight.errors import ConfigError, ForesightError
from foresight.nodes.calls import ANSWER, Calls
from foresight.nodes.episode import capture_empty_table, start_episode
from foresight.nodes.monitor import Monitor
from foresight.nodes.processes import NodeProcesses, free_domain, local_environment
from foresight.nodes.summary import summarise
from foresight.nodes.topics import NODES
from foresight.robots.arm import ArmModel
from foresight.robots.robot_file import RobotConfig, find_robot
from foresight.settings import CLEAR_TABLE
from foresight.sim.settings import SimConfig
from foresight.tasks.task_file import EMPTY_TABLE, load_task
from foresight.viz.demo_result import DemoResult

STEPS = {
    Transition.TRANSITION_CONFIGURE: State.PRIMARY_STATE_INACTIVE,
    Transition.TRANSITION_ACTIVATE: State.PRIMARY_STATE_ACTIVE,
}
"""How a lifecycle node comes up: each transition and the state after it."""

PER_ACTION = 15.0  # longest wait for one action [s]
REST = 2.0  # wait for the last objects to come to rest [s]
RETRACT = 2.0  # the arm is back after the last action within this time [s]
OVER = ('IDLE', 'DONE')


@dataclass(frozen=True)
class SessionOptions:
    """What runs.

    Attributes:
        checkpoint: Folder of the world model.
        sim: Objects, physics and real-time factor.
        bags: Folder of the bags; None records nothing.
        logs: Folder of the nodes' output.
        task: Name of the task, or path of its YAML file.
        deadline: Wall-clock limit of one plan [s]; None keeps the planner's own.
        robot: Name of the robot, its folder, or its file.
    """

    checkpoint: Path
    sim: SimConfig
    bags: Path | None
    logs: Path
    task: str = CLEAR_TABLE
    deadline: float | None = None
    robot: str = RobotConfig.robot

    def __post_init__(self) -> None:
        """Check that nobody has to give the task a goal image, and the robot.

        Raises:
            ConfigError: If somebody has to, or there is no such task or robot.
            RobotError: If the robot's description cannot be used.
        """
        ArmModel.load(self.robot)
        task = load_task(self.task)
        if task.has_goal and task.goal != EMPTY_TABLE:
            raise ConfigError(
                f'the task {task.name} wants a goal image, which nobody publishes here: choose '
                f'{CLEAR_TABLE}, or a task whose goal is {EMPTY_TABLE}'
            )

    def parameters(self, node: str) -> dict[str, Any]:
        """Return the parameters of a node."""
        robot = {'robot': str(find_robot(self.robot).resolve())}
        sim: dict[str, Any] = {
            **robot, 'objects': self.sim.objects, 'real_time_factor': self.sim.real_time_factor,
        }
        common = {**robot, 'use_sim_time': True}
        model = {**common, 'checkpoint': str(self.checkpoint.resolve())}
        limit = {} if self.deadline is None else {'deadline': self.deadline}
        table: dict[str, dict[str, Any]] = {
            'sim': sim,
            'perception': model,
            'predictor': model,
            'planner': {**model, **limit, 'task': self.task, 'max_actions': self.sim.max_actions},
            'guard': common,
            'recorder': {
                'use_sim_time': True, 'record_at_once': False, 'folder': str(self.bags or ''),
            },
        }
        return table[node]


@dataclass(frozen=True)
class Moment:
    """How an episode stands.

    Attributes:
        left: Objects on the table, from ground truth.
        actions: Actions so far.
        plan_ms: Time of the last plan [ms].
        surprise: Newest surprise, if there is one.
        phase: What the planner is at.
    """

    left: int
    actions: int
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

    def __enter__(self) -> 'RosSession':
        """Start the nodes, configure and activate them."""
        with ExitStack() as stack:
            domain = free_domain()
            environment = local_environment(domain)
            # This process talks to them by the same rules.
            os.environ.update(environment)
            self._processes = stack.enter_context(NodeProcesses(environment, self._options.logs))
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
            executor = SingleThreadedExecutor(context=context)
            stack.callback(executor.shutdown)
            executor.add_node(self.monitor)
            self._calls = Calls(self.monitor, executor, self._processes.check)
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
        capture_empty_table(self._calls, seed)
        if self._options.bags is not None:
            self._calls.trigger('recorder/start')
        self.monitor.clear()
        begin, simulated = time.monotonic(), self.monitor.now
        start_episode(self._calls, seed, self._options.sim.object_set)
        ending = self._watch(show or (lambda moment: None))
        seconds = time.monotonic() - begin
        result = summarise(
            self.monitor, seed, ending, self._resident, seconds, self.monitor.now - simulated,
        )
        if self._options.bags is not None:
            self._stop_recording()
        return result

    def _stop_recording(self) -> None:
        """Record until the arm is back and all rests: the bag then holds the last action, too."""
        end = self.monitor.now + RETRACT + BagConfig().rest
        self._calls.spin_until(lambda: self.monitor.now > end, ANSWER, 'the clock stands still')
        self._calls.trigger('recorder/stop')

    def _entries(self) -> Iterator[Any]:
        """Return the nodes to run."""
        for entry in NODES.values():
            if entry.name != 'recorder' or self._options.bags is not None:
                yield entry

    def _bring_up(self) -> None:
        """Configure and activate the lifecycle nodes, all at once."""
        nodes = [entry.name for entry in self._entries() if entry.lifecycle]
        for step, goal in STEPS.items():
            request = ChangeState.Request(transition=Transition(id=step))
            calls = self._calls
            answers = [calls.ask(ChangeState, f'{name}/change_state', request) for name in nodes]
            for name, answer in zip(nodes, answers):
                if not self._took(name, answer, goal):
                    raise ForesightError(f'{name}: {self._processes.last_words(name)}')

    def _took(self, name: str, answer: Any, goal: int) -> bool:
        """Return whether a node took a step; its answer may be lost, its state is not."""
        calls = self._calls
        try:
            return bool(calls.wait_for(answer, name).success)
        except ForesightError:
            request = calls.ask(GetState, f'{name}/get_state', GetState.Request())
            return bool(calls.wait_for(request, name).current_state.id == goal)

    def _watch(self, show: Callable[[Moment], None]) -> str:
        """Follow the episode and say why it ended."""
        deadline = time.monotonic() + PER_ACTION * (self._options.sim.max_actions + 1)
        self._calls.spin_until(
            lambda: self._phase() not in ('', *OVER), ANSWER, 'the planner does not start',
        )
        while self._phase() not in OVER:
            if time.monotonic() > deadline:
                raise ForesightError('the episode does not end: see the logs of the nodes')
            self._calls.spin(0.2)
            self._resident = _largest(self._resident, self._processes.resident())
            show(self._moment())
            if self._is_clear():
                self._calls.trigger('planner/stop')
                self._calls.spin_until(
                    lambda: self._phase() in OVER, ANSWER, 'the planner does not stop',
                )
                return 'nothing is left on the table'
        end = self.monitor.now + REST
        self._calls.spin_until(
            lambda: self._is_clear() or self.monitor.now > end, ANSWER, 'the clock stops',
        )
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
        actions, left = monitor.figure('planner', 'actions'), monitor.figure('sim', 'remaining')
        return Moment(
            -1 if left != left else int(left), 0 if actions != actions else int(actions),
            monitor.figure('planner', 'plan_ms'), monitor.surprise, self._phase(),
        )


def _largest(before: dict[str, int], now: dict[str, int]) -> dict[str, int]:
    """Return the larger of two figures, by name."""
    return {name: max(before.get(name, 0), value) for name, value in now.items()}
