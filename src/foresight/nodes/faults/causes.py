"""Makes things go wrong in a running system, and mends them again."""

import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from lifecycle_msgs.msg import Transition
from lifecycle_msgs.srv import ChangeState
from rcl_interfaces.srv import ListParameters, SetParameters
from rclpy.clock import Clock
from rclpy.clock_type import ClockType
from rclpy.node import Node
from rclpy.parameter import Parameter
from std_msgs.msg import Bool
from trajectory_msgs.msg import JointTrajectory

from foresight.faults import fault
from foresight.files import find_model
from foresight.nodes.calls import ANSWER, Calls
from foresight.nodes.faults.options import BenchOptions, WiredOptions
from foresight.nodes.faults.watcher import Watcher
from foresight.nodes.joint_convert import trajectory
from foresight.nodes.processes import NodeProcesses
from foresight.nodes.qos import SAFETY, WRITE
from foresight.nodes.topics import NODES, Qos
from foresight.robots.plan_window import PlanWindow
from foresight.settings import SHIPPED

AGAIN = 0.05  # time between two messages of whoever should not send any [s]
QUALITIES = dict(zip(('latched', 'reliable', 'best effort'), SAFETY, strict=True))
FULL = 65_536  # what still fits on a disk that is nearly full [byte]
NOTICED = 10.0  # longest wait until a full disk is noticed [s]


class System:
    """What a fault can get at.

    Attributes:
        calls: Calls nodes.
        processes: The nodes.
        watcher: What is seen.
        joints: Names of the joints.
        options: What runs.
    """

    def __init__(
        self, calls: Calls, processes: NodeProcesses, watcher: Watcher, joints: tuple[str, ...],
        options: BenchOptions,
    ) -> None:
        """Keep them."""
        self.calls, self.processes, self.watcher = calls, processes, watcher
        self.joints, self.options = joints, options
        self.buttons = {
            name: self.node.create_publisher(Bool, 'e_stop', profile)
            for name, profile in QUALITIES.items()
        }

    @property
    def node(self) -> Node:
        """The node that calls."""
        return self.calls.node

    @contextmanager
    def repeating(self, send: Callable[[], None]) -> Iterator[None]:
        """Do something again and again."""
        timer = self.node.create_timer(AGAIN, send, clock=Clock(clock_type=ClockType.STEADY_TIME))
        try:
            yield
        finally:
            self.node.destroy_timer(timer)

    def caused(self, cause: fault.Cause) -> AbstractContextManager[list[str]]:
        """Let it go wrong; what is found not to be kept comes out."""
        return CAUSES[type(cause)](self, cause)


@contextmanager
def _tampered(system: System, cause: fault.Tampered) -> Iterator[list[str]]:
    system.calls.set('tap', **cause.lines)
    try:
        yield []
    finally:
        system.calls.set('tap', **dict.fromkeys(cause.lines, ''))


@contextmanager
def _rogue(system: System, cause: fault.Rogue) -> Iterator[list[str]]:
    """Lead the arm away from where it is, slowly enough to be ridden."""
    out = system.node.create_publisher(JointTrajectory, 'joint_plan', WRITE[Qos.COMMAND])
    begin, where = system.watcher.now, system.watcher.positions.copy()

    def send() -> None:
        times = system.watcher.now + np.linspace(0.0, 0.6, 7)
        velocities = np.zeros((len(times), len(where)))
        velocities[:, 0] = 0.2
        positions = where + (times - begin)[:, None] * velocities
        out.publish(trajectory(PlanWindow(times, positions, velocities), system.joints))

    try:
        with system.repeating(send):
            yield []
    finally:
        system.node.destroy_publisher(out)


@contextmanager
def _pressed(system: System, cause: fault.Pressed) -> Iterator[list[str]]:
    button = system.buttons[cause.quality]
    with system.repeating(lambda: button.publish(Bool(data=True))):
        yield []
    button.publish(Bool(data=False))
    system.calls.spin(0.2)


@contextmanager
def _nonsense(system: System, cause: fault.Nonsense) -> Iterator[list[str]]:
    """Set every parameter; each must be refused."""
    taken = []
    for name in NODES:
        known = system.calls.wait_for(system.calls.ask(
            ListParameters, f'{name}/list_parameters', ListParameters.Request(),
        ), name).result.names
        asked: list[Any] = [Parameter(each, value='nonsense').to_parameter_msg() for each in known]
        answer = system.calls.wait_for(system.calls.ask(
            SetParameters, f'{name}/set_parameters', SetParameters.Request(parameters=asked),
        ), name)
        taken += [
            f'{name} took nonsense for {each}'
            for each, result in zip(known, answer.results, strict=True) if result.successful
        ]
    yield taken


@contextmanager
def _starved(system: System, cause: fault.Starved) -> Iterator[list[str]]:
    command = [sys.executable, '-c', 'while True: pass']
    greedy = [subprocess.Popen(command) for _ in range(cause.each * (os.cpu_count() or 1))]
    try:
        yield []
    finally:
        for process in greedy:
            process.kill()
            process.wait()


@contextmanager
def _disk_full(system: System, cause: fault.DiskFull) -> Iterator[list[str]]:
    """Let the bag grow no more; later it is to be recorded again."""
    pid, log = system.processes.pid('recorder'), system.options.logs / 'recorder.log'
    system.calls.trigger('recorder/start')
    known, (soft, hard) = len(log.read_text()), resource.prlimit(pid, resource.RLIMIT_FSIZE)
    found: list[str] = []
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (len(log.read_bytes()) + FULL, hard))
    try:
        yield found
        system.calls.spin_until(
            lambda: 'free space' in log.read_text()[known:], NOTICED, 'a full disk is not noticed',
        )
    finally:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (soft, hard))
    system.calls.trigger('recorder/start')
    system.calls.trigger('recorder/stop')


@contextmanager
def _signalled(system: System, cause: fault.Signalled) -> Iterator[list[str]]:
    os.kill(system.processes.pid(cause.node), signal.Signals[f'SIG{cause.signal}'])
    yield []


@contextmanager
def _wired(system: System, cause: fault.Wired) -> Iterator[list[str]]:
    """Lose packets for as long as the fault lasts."""
    assert isinstance(system.options, WiredOptions)
    wire, end = system.options.wire, time.monotonic() + cause.lasts
    wire.tell(cause.trick)
    try:
        yield []
        system.calls.spin_until(
            lambda: time.monotonic() > end, cause.lasts + ANSWER, 'time stands still',
        )
    finally:
        wire.tell('')


@contextmanager
def _wrong_checkpoint(system: System, cause: fault.WrongCheckpoint) -> Iterator[list[str]]:
    """Bring up one more node, with a checkpoint that is cut off; it must refuse."""
    log, folder = system.options.logs / 'stranger.log', _damaged(system.options.logs)
    command = [
        sys.executable, '-m', NODES['predictor'].module, '--ros-args', '-r', '__node:=stranger',
        '-p', f'checkpoint:={folder}', '-p', 'use_sim_time:=true',
    ]
    found: list[str] = []
    with log.open('wb') as output:
        process = subprocess.Popen(command, stdout=output, stderr=output)
    try:
        step = Transition(id=Transition.TRANSITION_CONFIGURE)
        answer = system.calls.wait_for(system.calls.ask(
            ChangeState, 'stranger/change_state', ChangeState.Request(transition=step),
        ), 'stranger')
        said = log.read_text()
        if answer.success:
            found.append('a damaged checkpoint was taken')
        if str(folder.name) not in said or 'Traceback' in said:
            found.append('the log does not name the damaged checkpoint in a line')
        yield found
    finally:
        process.kill()
        process.wait()


def _damaged(folder: Path) -> Path:
    """Make a checkpoint whose weights are cut off."""
    shipped, made = find_model(SHIPPED), folder.resolve() / 'damaged'
    made.mkdir(exist_ok=True)
    for file in shipped.iterdir():
        content = file.read_bytes()
        cut = content[: len(content) // 2] if file.suffix == '.safetensors' else content
        (made / file.name).write_bytes(cut)
    return made


CAUSES: dict[type, Callable[..., AbstractContextManager[list[str]]]] = {
    fault.Tampered: _tampered, fault.Rogue: _rogue, fault.Pressed: _pressed,
    fault.Nonsense: _nonsense, fault.Starved: _starved, fault.DiskFull: _disk_full,
    fault.Signalled: _signalled, fault.Wired: _wired,
    fault.WrongCheckpoint: _wrong_checkpoint,
}
