"""Node processes: started from the table, watched, and never left behind."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import yaml

from foresight.closing import Closing
from foresight.errors import ForesightError
from foresight.files import root
from foresight.nodes.scheduling import ONE_THREAD, let_others_go_first
from foresight.nodes.topics import NodeEntry
from foresight.signals import die_with

AS_IN_THE_TABLE: Mapping[str, str] = {}
GRACE = 5.0  # time for the nodes to end by themselves [s]
FIRST_PORT, PORTS = 7400, 250  # of a DDS domain (RTPS 2.3, section 9.6.1.1)
FIRST_PARTICIPANTS = range(10, 26, 2)  # port offsets of the first eight participants


class NodeDiedError(ForesightError):
    """A node ended although nobody asked it to."""


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


def local_environment(domain: int) -> dict[str, str]:
    """Return the environment of nodes that talk on this host only, one thread each."""
    return {
        **os.environ, 'ROS_DOMAIN_ID': str(domain),
        'ROS_AUTOMATIC_DISCOVERY_RANGE': 'LOCALHOST', **ONE_THREAD,
        'RCUTILS_COLORIZED_OUTPUT': '0', 'PYTHONUNBUFFERED': '1',
    }


class NodeProcesses(Closing):
    """Runs each node in a process group of its own that dies with this process.

    Start nodes before this process has threads: the children are forked.
    """

    def __init__(self, environment: Mapping[str, str], logs: Path) -> None:
        """Keep the environment; the output of each node goes to `logs`/<node>.log."""
        self._environment, self._logs = dict(environment), logs
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        logs.mkdir(parents=True, exist_ok=True)

    def start(
        self, entry: NodeEntry, parameters: Mapping[str, Any],
        remappings: Mapping[str, str] = AS_IN_THE_TABLE,
    ) -> None:
        """Start a node with its YAML file, overridden by `parameters`."""
        command = [sys.executable, '-m', entry.module, '--ros-args']
        config = root() / entry.config
        if config.is_file():
            command += ['--params-file', str(config)]
        for name, value in parameters.items():
            command += ['-p', f'{name}:={_as_yaml(value)}']
        for name, called in remappings.items():
            command += ['-r', f'{name}:={called}']
        parent = os.getpid()
        with (self._logs / f'{entry.name}.log').open('wb') as log:
            self._running[entry.name] = subprocess.Popen(
                command, env=self._environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True, preexec_fn=lambda: _prepare(parent, entry.niceness),
            )

    def pid(self, name: str) -> int:
        """Return the process of a node."""
        return self._running[name].pid

    def check(self) -> None:
        """Raise NodeDiedError if a node has ended."""
        for name, process in self._running.items():
            status = process.poll()
            if status is not None:
                raise NodeDiedError(f'{name} ended with status {status}: {self.last_words(name)}')

    def last_words(self, name: str) -> str:
        """Return the last line a node has written."""
        log = self._logs / f'{name}.log'
        lines = log.read_text(errors='replace').strip().splitlines()
        return f'{lines[-1] if lines else "it wrote nothing"} (see {log})'

    def resident(self) -> dict[str, int]:
        """Return the resident memory of each node [byte]."""
        return {name: resident(process.pid) for name, process in self._running.items()}

    def close(self) -> None:
        """End every node: politely, then by force."""
        for process in self._running.values():
            _signal(process, signal.SIGTERM)
        deadline = time.monotonic() + GRACE
        for process in self._running.values():
            with suppress(subprocess.TimeoutExpired):
                process.wait(max(0.0, deadline - time.monotonic()))
        for process in self._running.values():
            _signal(process, signal.SIGKILL)  # also what a node may have started itself
            process.wait()
        self._running.clear()


def _as_yaml(value: Any) -> str:
    """Write a parameter the way the ROS command line reads it."""
    return yaml.safe_dump(value, default_flow_style=True, width=10_000).split('\n')[0]


def _prepare(parent: int, niceness: int) -> None:
    """Let others go first, and die when the parent is gone, even by SIGKILL."""
    let_others_go_first(niceness)
    die_with(parent)


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
