"""Two computers on this one: network namespaces with a wire between, which loses packets."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from foresight.errors import ForesightError
from foresight.signals import LIBC

NETWORK, NAMES = 0x40000000, 0x04000000  # CLONE_NEWNET, CLONE_NEWUTS of linux/sched.h
ROBOT, MODEL = 'robot', 'model'
PLACES = {ROBOT: '10.77.0.1/24', MODEL: '10.77.0.2/24'}
"""Where each computer is in the network."""
TRIAL = 'unshare --net nsenter --net=/proc/self/ns/net ip link add type veth'


def can_lay_wire() -> bool:
    """Return whether this process may have networks of its own."""
    try:
        tried = subprocess.run(TRIAL.split(), capture_output=True, check=False)
    except OSError:
        return False
    return tried.returncode == 0


class Wire:
    """A wire to another computer."""

    def __init__(self, forwarder: 'subprocess.Popen[str]', there: tuple[str, ...]) -> None:
        """Use what forwards packets, and the words that begin a command over there."""
        self._forwarder, self.there = forwarder, there

    def tell(self, trick: str) -> None:
        """Let this become of all packets from now on.

        Raises:
            ForesightError: If the wire is broken for good.
        """
        assert self._forwarder.stdin is not None and self._forwarder.stdout is not None
        with suppress(BrokenPipeError):
            print(trick, file=self._forwarder.stdin, flush=True)
        if self._forwarder.stdout.readline() != f'{trick}\n':
            raise ForesightError('what forwards packets has ended')


@contextmanager
def wire_to_model() -> Iterator[Wire]:
    """Make this process and what it starts the robot's computer, for good; lay a wire to another.

    The networks have no names: they are gone with the processes in them. A process that uses DDS
    already keeps the addresses that it had.
    """
    _leave()
    forwarder = subprocess.Popen(
        [sys.executable, '-m', 'foresight.nodes.faults.forwarder', str(os.getpid()), ROBOT, MODEL],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )
    files: list[int] = []
    try:
        _leave()
        _settle(MODEL, forwarder.pid)
        files += [os.open(f'/proc/thread-self/ns/{kind}', os.O_RDONLY) for kind in ('net', 'uts')]
        net, uts = (f'/proc/{os.getpid()}/fd/{file}' for file in files)
        _leave()
        _settle(ROBOT, forwarder.pid)
        wire = Wire(forwarder, ('nsenter', f'--net={net}', f'--uts={uts}'))
        wire.tell('')
        yield wire
    finally:
        forwarder.kill()
        forwarder.communicate()
        for file in files:
            os.close(file)


def _leave() -> None:
    """Leave the network and the host's name for new ones.

    Raises:
        ForesightError: If that is not allowed.
    """
    if LIBC.unshare(NETWORK | NAMES):
        raise ForesightError('no network of its own: run as root')


def _settle(name: str, forwarder: int) -> None:
    """Give this computer its name, its address, and a wire to what forwards packets."""
    socket.sethostname(name)
    for words in (
        f'ip link add wire type veth peer name {name} netns {forwarder}',
        f'nsenter --net=/proc/{forwarder}/ns/net ip link set {name} up',
        'ip link set lo up', 'ip link set wire up', f'ip address add {PLACES[name]} dev wire',
        'ip route add 224.0.0.0/4 dev wire',
    ):
        subprocess.run(words.split(), check=True)
