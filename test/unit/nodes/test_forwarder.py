"""Claims about what joins two wires: what it passes on, and what it loses when it is told to."""

import os
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from threading import Thread

import pytest

from foresight.nodes.faults.forwarder import forward


class Joined(ExitStack):
    """Two computers, what forwards between them, and who tells it what to do."""

    def __init__(self) -> None:
        super().__init__()
        ends = [*socket.socketpair(type=socket.SOCK_DGRAM),
                *socket.socketpair(type=socket.SOCK_DGRAM)]
        self.robot, near, far, self.model = map(self.enter_context, ends)
        files = [os.fdopen(end, mode) for pipe in (os.pipe(), os.pipe())
                 for end, mode in zip(pipe, 'rw', strict=True)]
        orders, self._orders, self._said, said = map(self.enter_context, files)
        self.robot.settimeout(5.0)
        self.model.settimeout(5.0)
        thread = Thread(target=forward, args=(near, far, orders, said))
        self.callback(thread.join)
        self.callback(self._orders.close)
        thread.start()

    def tell(self, trick: str) -> None:
        """Tell it what to do, and wait until it does."""
        print(trick, file=self._orders, flush=True)
        assert self._said.readline() == f'{trick}\n'


@pytest.fixture
def joined() -> Iterator[Joined]:
    with Joined() as made:
        yield made


def test_frames_go_both_ways(joined):
    joined.robot.send(b'image')
    joined.model.send(b'plan')
    assert (joined.model.recv(99), joined.robot.recv(99)) == (b'image', b'plan')


def test_a_parted_wire_loses_frames_of_both_sides_until_it_is_mended(joined):
    joined.tell('drop')
    joined.robot.send(b'image')
    joined.model.send(b'plan')
    joined.tell('drop')  # it looks at both ends before it answers again
    joined.tell('')
    joined.robot.send(b'next image')
    joined.model.send(b'next plan')
    assert (joined.model.recv(99), joined.robot.recv(99)) == (b'next image', b'next plan')


def test_a_lossy_wire_loses_a_share_of_them(joined):
    joined.tell('lose:0.5')
    for number in range(100):
        joined.robot.send(bytes([number]))
    found = [joined.model.recv(99)[0]]
    while found[-1] < 80:
        found.append(joined.model.recv(99)[0])
    assert 20 < len(found) < 80
    assert found == sorted(found)
