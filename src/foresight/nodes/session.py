"""A running system in processes of its own: brought up, played with, taken down."""

import math
import os
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import rclpy
from rclpy.context import Context
from rclpy.executors import SingleThreadedExecutor
from rclpy.signals import SignalHandlerOptions

from foresight.data.bags.actions import BagConfig
from foresight.errors import ConfigError, ForesightError, NodeDiedError
from foresight.nodes.calls import ANSWER, Calls
from foresight.nodes.charge import OVER
from foresight.nodes.episode_node import capture_empty_table, start_episode
from foresight.nodes.monitor import Monitor
from foresight.nodes.processes import (
    AS_IN_THE_TABLE,
    NodeProcesses,
    free_domain,
    local_environment,
    resident,
)
from foresight.nodes.scheduling import LOCALHOST
from foresight.nodes.summary import summarise
from foresight.nodes.supervision import APPEAR, LOADING, SupervisorConfig
from foresight.nodes.topics import NODES, SUPERVISOR, NodeEntry
from foresight.robots.arm import ArmModel
from foresight.robots.robot_file import RobotConfig, find_robot
from foresight.robots.status import Status
from foresight.settings import CLEAR_TABLE
from foresight.sim.settings import CameraConfig, SimConfig
from foresight.sim.site import Site, load_site
from foresight.tasks.task_file import EMPTY_TABLE, load_task
from foresight.viz.demo_result import DemoResult

PER_ACTION = 15.0  # longest wait for one action [s]
REST = 2.0  # wait for the last objects to come to rest [s]
RETRACT = 2.0  # the arm is back after the last action within this time [s]
DOUBT = 2.0  # a planner that ends so may be one whose guard is gone, which is noticed later [s]


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
        camera: What the camera does to its pictures.
        site: Where the robot works: a name in config/sites, or a YAML file.
        keep_bags: Newest bags that are kept; 0 keeps all.
        latches: Whether somebody must release an arm that was led astray.
    """

    checkpoint: Path
    sim: SimConfig
    bags: Path | None
    logs: Path
    task: str = CLEAR_TABLE
    deadline: float | None = None
    robot: str = RobotConfig.robot
    camera: str = CameraConfig.effect
    site: str = ''
    keep_bags: int = 0
    latches: bool = True

    def __post_init__(self) -> None:
        """Check the robot, the camera and the task, to which nobody can give a goal image.

        Raises:
            ConfigError: If it wants one or can never succeed, or there is no such task, robot or
                effect.
            RobotError: If the robot's description cannot be used.
        """
        ArmModel.load(self.robot, self.place.scene.stand)
        CameraConfig(effect=self.camera)
        task = load_task(self.task)
        task.success.make(self.place.scene)
        if task.has_goal and task.goal != EMPTY_TABLE:
            raise ConfigError(
                f'the task {task.name} wants a goal image, which nobody publishes here: choose '
                f'{CLEAR_TABLE}, or a task whose goal is {EMPTY_TABLE}'
            )

    @property
    def asked(self) -> tuple[str, str]:
        """Name of the task, and what counts as success in words."""
        task = load_task(self.task)
        return task.name, task.success.make(self.place.scene).about

    @property
    def place(self) -> Site:
        """Where the robot works."""
        return load_site(self.site)

    @property
    def kept(self) -> Path:
        """Folder of what a node that is started again goes on with."""
        return self.logs / 'kept'

    @property
    def reach(self) -> str:
        """How far nodes look for each other."""
        return LOCALHOST

    def begin(self, node: str) -> tuple[str, ...]:
        """Return a command that begins another: it brings a node to where it runs."""
        return ()

    @property
    def nodes(self) -> list[NodeEntry]:
        """Nodes to run."""
        left_out = '' if self.bags is not None else 'recorder'
        return [entry for name, entry in NODES.items() if name != left_out]

    def remappings(self, node: str) -> Mapping[str, str]:
        """Return what a node calls other than it is called in the table of nodes."""
        return AS_IN_THE_TABLE

    def parameters(self, node: str) -> dict[str, Any]:
        """Return the parameters of a node."""
        sim, robot = self.sim, {'robot': str(find_robot(self.robot).resolve())}
        common = {**robot, 'use_sim_time': True}
        site = Path(self.site)
        place = {'site': str(site.resolve()) if site.is_file() else self.site}
        model = {**common, **place, 'checkpoint': str(self.checkpoint.resolve())}
        limit = {} if self.deadline is None else {'deadline': self.deadline}
        kept = self.kept.resolve()
        table: dict[str, dict[str, Any]] = {
            'sim': {**robot, **place, 'task': self.task, 'objects': sim.objects,
                    'camera.effect': self.camera, 'real_time_factor': sim.real_time_factor},
            'perception': {**model, 'background': str(kept / 'background.npz')},
            'predictor': {**model, 'memory.file': str(kept / 'memory.safetensors')},
            'planner': {**model, **limit, 'task': self.task, 'max_actions': sim.max_actions},
            'guard': {**common, **place, 'e_stop_file': str(kept / 'e_stop'),
                      'tracking_latches': self.latches},
            'recorder': {
                'use_sim_time': True, 'record_at_once': False, 'folder': str(self.bags or ''),
                'keep': self.keep_bags,
            },
            SUPERVISOR: {'use_sim_time': True},
        }
        return table[node]


@contextmanager
def ros_session(options: SessionOptions) -> Iterator['RosSession']:
    """Run nodes as separate processes over DDS, on a domain of their own, within `reach`."""
    domain = free_domain()
    environment = local_environment(domain, options.reach)
    os.environ.update(environment)  # This process talks to them by the same rules.
    shutil.rmtree(options.kept, ignore_errors=True)  # of an earlier session
    with ExitStack() as stack:
        processes = stack.enter_context(NodeProcesses(environment, options.logs))
        for entry in options.nodes:
            name = entry.name
            processes.start(
                entry, options.parameters(name), options.remappings(name), options.begin(name))
        context = Context()
        rclpy.init(
            args=[], context=context, domain_id=domain,
            signal_handler_options=SignalHandlerOptions.NO,
        )
        stack.callback(context.try_shutdown)
        scene = options.place.scene
        arm = ArmModel.load(options.robot, scene.stand)
        monitor = Monitor(context, scene, arm)
        stack.callback(monitor.destroy_node)
        executor = SingleThreadedExecutor(context=context)
        stack.callback(executor.shutdown)
        executor.add_node(monitor)
        calls = Calls(monitor, executor, partial(_check, processes, monitor))
        calls.spin_until(
            lambda: monitor.status(SUPERVISOR) == Status.OK, APPEAR + LOADING,
            'the nodes do not come up',
        )
        processes.restarts = True
        yield RosSession(options, processes, monitor, calls)


def _check(processes: NodeProcesses, monitor: Monitor) -> None:
    """Start again what has ended.

    Raises:
        NodeDiedError: If that is of no use.
    """
    processes.check()
    if monitor.status(SUPERVISOR) == Status.NODE_LOST:
        raise NodeDiedError(monitor.reasons[SUPERVISOR])


class RosSession:
    """Plays episodes with the nodes of a running system.

    Attributes:
        processes: What runs the nodes.
        monitor: What listens to them.
        calls: What calls them.
    """

    def __init__(
        self, options: SessionOptions, processes: NodeProcesses, monitor: Monitor, calls: Calls,
    ) -> None:
        """Keep what runs, what listens to it and what calls it."""
        self._options, self.processes = options, processes
        self.monitor, self.calls = monitor, calls
        self._resident: dict[str, int] = {}
        self._ended = math.inf

    def resident(self) -> dict[str, int]:
        """Return the resident memory of this process and of each node now [byte]."""
        return {'demo': resident(os.getpid()), **self.processes.resident()}

    def play(self, seed: int, show: Callable[[Monitor], None] = lambda _: None) -> DemoResult:
        """Run one episode of a seed to its end; `show` is called a few times a second.

        Raises:
            ForesightError: If a node dies, does not answer or cannot start.
        """
        monitor, recorded = self.monitor, self._options.bags is not None
        capture_empty_table(self.calls, seed)
        if recorded:
            self.calls.trigger('recorder/start')
        monitor.clear()
        begin, simulated = time.monotonic(), monitor.now
        start_episode(self.calls, seed, self._options.sim.object_set)
        ending = self._watch(show)
        result = summarise(
            monitor, seed, ending, self._resident, time.monotonic() - begin,
            monitor.now - simulated, *self._options.asked,
        )
        if recorded:
            # Until the arm is back and all rests: the bag then holds the last action, too.
            self._let_pass(RETRACT + BagConfig().rest)
            self.calls.trigger('recorder/stop')
        return result

    def _let_pass(self, seconds: float, enough: Callable[[], bool] = lambda: False) -> None:
        """Let simulated time [s] pass, or less if it is enough."""
        end = self.monitor.now + seconds
        self.calls.spin_until(
            lambda: enough() or self.monitor.now > end, ANSWER, 'the clock stands still',
        )

    def _watch(self, show: Callable[[Monitor], None]) -> str:
        """Follow the episode and say why it ended."""
        monitor, calls, last = self.monitor, self.calls, time.monotonic()
        left = PER_ACTION * (self._options.sim.max_actions + 1)
        calls.spin_until(
            lambda: monitor.phase not in ('', *OVER), ANSWER, 'the planner does not start',
        )
        while not self._is_over():
            if monitor.status(SUPERVISOR) == Status.OK:
                left -= time.monotonic() - last
            last = time.monotonic()
            if left < 0.0:
                raise ForesightError('the episode does not end: see the logs of the nodes')
            calls.spin(0.2)
            for name, size in self.processes.resident().items():
                self._resident[name] = max(size, self._resident.get(name, 0))
            show(monitor)
            if self._is_clear():
                calls.trigger('planner/stop')
                calls.spin_until(
                    lambda: monitor.phase in OVER, ANSWER, 'the planner does not stop',
                )
                return 'nothing is left to do'
        self._let_pass(REST, self._is_clear)
        show(monitor)
        return monitor.reasons.get('planner', '')

    def _is_over(self) -> bool:
        """Return whether the planner ended by itself, not because a node is away."""
        monitor = self.monitor
        if monitor.phase not in OVER or monitor.status(SUPERVISOR) != Status.OK:
            self._ended = math.inf
        elif monitor.phase == 'DONE':
            return True
        else:
            self._ended = min(self._ended, time.monotonic())
        return time.monotonic() > self._ended + SupervisorConfig().silence + DOUBT

    def _is_clear(self) -> bool:
        """Return whether the ground truth says that every object is done with."""
        placed = self.monitor.figure('sim', 'objects') == self._options.sim.objects
        return placed and self.monitor.figure('sim', 'remaining') == 0.0
