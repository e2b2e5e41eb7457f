"""Node processes: started from the table, watched, and never left behind."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import yaml

from foresight.closing import Closing
from foresight.errors import ForesightError, NodeDiedError
from foresight.files import root
from foresight.nodes.child import begin
from foresight.nodes.scheduling import DISCOVERY, LOCALHOST, PAUSE, node_environment
from foresight.nodes.topics import SUPERVISOR, NodeEntry

AS_IN_THE_TABLE: Mapping[str, str] = {}
GRACE = 5.0  # time for the nodes to end by themselves [s]
FIRST_PORT, PORTS = 7400, 250  # of a DDS domain (RTPS 2.3, section 9.6.1.1)
FIRST_PARTICIPANTS = range(10, 26, 2)  # port offsets of the first eight participants


def free_domain(low: int = 20, high: int = 100) -> int:
    """Return a DDS domain that nobody on this host uses, told by its unicast ports.

    Raises:
        ForesightError: If all are in use.
    """
    width = high - low
    for step in range(width):
        domain = low + (os.getpid() + step) % width
        first = FIRST_PORT + PORTS * domain
        if all(_is_free(first + offset) for offset in FIRST_PARTICIPANTS):
            return domain
    raise ForesightError(f'all ROS domains from {low} to {high} are in use: stop other demos')


def _is_free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind(('', port))
        except OSError:
            return False
    return True


def local_environment(domain: int, reach: str = LOCALHOST) -> dict[str, str]:
    """Return the environment of nodes that find each other within `reach`, one thread each."""
    return {
        **os.environ, **node_environment(), 'ROS_DOMAIN_ID': str(domain), DISCOVERY: reach,
        'RCUTILS_COLORIZED_OUTPUT': '0', 'PYTHONUNBUFFERED': '1',
    }


class NodeProcesses(Closing):
    """Runs each node in a process group of its own that dies with this process.

    Attributes:
        restarts: Whether a node that ends is started again; one that says why it cannot start
            is not.
    """

    def __init__(self, environment: Mapping[str, str], logs: Path) -> None:
        """Keep the environment; the output of each node goes to `logs`/<node>.log."""
        self._environment, self._logs = dict(environment), logs
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._started: dict[str, tuple[NodeEntry, list[str]]] = {}
        self._due: dict[str, float] = {}
        self.restarts = False
        logs.mkdir(parents=True, exist_ok=True)

    def start(
        self, entry: NodeEntry, parameters: Mapping[str, Any],
        remappings: Mapping[str, str] = AS_IN_THE_TABLE, first: Sequence[str] = (),
    ) -> None:
        """Start a node with its YAML file, overridden by `parameters`, after the words `first`."""
        command = [*begin(entry), *first, sys.executable, '-m', entry.module, '--ros-args']
        config = root() / entry.config
        if config.is_file():
            command += ['--params-file', str(config)]
        for name, value in parameters.items():
            command += ['-p', f'{name}:={_as_yaml(value)}']
        for name, called in remappings.items():
            command += ['-r', f'{name}:={called}']
        self._started[entry.name] = entry, command
        self._log(entry.name).unlink(missing_ok=True)
        self._run(entry.name)

    def _run(self, name: str) -> None:
        """Start a process; what it writes comes after what the last one wrote."""
        _, command = self._started[name]
        with self._log(name).open('ab') as log:
            self._running[name] = subprocess.Popen(
                command, env=self._environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True,
            )

    def pid(self, name: str) -> int:
        """Return the process of a node."""
        return self._running[name].pid

    def check(self) -> None:
        """Start again what has ended, if that is to be.

        Raises:
            NodeDiedError: If it is not, or the node is one without which nothing goes on.
        """
        for name, process in self._running.items():
            status = process.poll()
            if status is not None:
                self._replace(name, status)

    def _replace(self, name: str, status: int) -> None:
        """Start a node that ended again, after a pause."""
        entry, _ = self._started[name]
        if not (self.restarts and entry.restarts) or (name == SUPERVISOR and status == 1):
            raise NodeDiedError(f'{name} ended with status {status}: {self.last_words(name)}')
        now = time.monotonic()
        if now >= self._due.setdefault(name, now + PAUSE):
            del self._due[name]
            _signal(self._running[name], signal.SIGKILL)  # what it may have started itself
            self._run(name)

    def _log(self, name: str) -> Path:
        return self._logs / f'{name}.log'

    def last_words(self, name: str) -> str:
        """Return the last line a node has written."""
        log = self._log(name)
        lines = log.read_text(errors='replace').strip().splitlines()
        return f'{lines[-1] if lines else "it wrote nothing"} (see {log})'

    def resident(self) -> dict[str, int]:
        """Return the resident memory of each node [byte]."""
        return {name: resident(process.pid) for name, process in self._running.items()}

    def close(self) -> None:
        """End every node, first those that move the arm: politely, then by force."""
        world = {name for name, (entry, _) in self._started.items() if not entry.moves}
        for names in (self._running.keys() - world, self._running.keys() & world):
            _end([self._running.pop(name) for name in names])


def _end(processes: Sequence[subprocess.Popen[bytes]]) -> None:
    """End processes: politely, then by force."""
    for process in processes:
        _signal(process, signal.SIGTERM)
    deadline = time.monotonic() + GRACE
    for process in processes:
        with suppress(subprocess.TimeoutExpired):
            process.wait(max(0.0, deadline - time.monotonic()))
    for process in processes:
        _signal(process, signal.SIGKILL)  # also what a node may have started itself
        process.wait()


def _as_yaml(value: Any) -> str:
    """Write a parameter the way the ROS command line reads it."""
    return yaml.safe_dump(value, default_flow_style=True, width=10_000).split('\n')[0]


def _signal(process: subprocess.Popen[bytes], number: int) -> None:
    """Signal the process group of a node, if any of it is left."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, number)


def resident(pid: int) -> int:
    """Return the resident memory of a process [byte]; 0 once it is gone."""
    try:
        pages = int(Path(f'/proc/{pid}/statm').read_text().split()[1])
    except (OSError, IndexError):
        return 0
    return pages * os.sysconf('SC_PAGE_SIZE')
