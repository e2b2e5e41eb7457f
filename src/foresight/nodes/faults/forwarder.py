"""Joins two wires: it passes their frames on, or loses them when it is told to.

`python -m foresight.nodes.faults.forwarder PARENT FIRST SECOND` joins two network interfaces, once
it reads a line on its standard input. A trick that it reads there by name is from then on what
becomes of all frames; it answers each line with the same. It ends when there are no more.
"""

import socket
import sys
from contextlib import suppress
from selectors import EVENT_READ, DefaultSelector
from typing import IO

from foresight.faults.tricks import make_trick
from foresight.nodes.scheduling import go_first
from foresight.signals import die_with

ALL, SOL_PACKET = 3, 263  # of linux/if_ether.h and linux/socket.h
IGNORE_OUTGOING, VNET_HEADER = 23, 15  # of linux/if_packet.h
RECEIVE_BUFFER = 33  # SO_RCVBUFFORCE of asm-generic/socket.h
ROOM = 8 * 2**20  # for frames that wait [byte]
LARGEST = 2**17  # longer than any frame, also one that the kernel has not cut yet [byte]


def open_end(interface: str) -> socket.socket:
    """Return what sends and hears the frames of an interface.

    What is not known of a frame yet, its checksum for one, stands before it, and goes on with it.
    """
    end = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ALL))
    end.setsockopt(SOL_PACKET, VNET_HEADER, 1)
    end.setsockopt(SOL_PACKET, IGNORE_OUTGOING, 1)
    end.setsockopt(socket.SOL_SOCKET, RECEIVE_BUFFER, ROOM)
    end.bind((interface, 0))
    return end


def forward(first: socket.socket, second: socket.socket, orders: IO[str], said: IO[str]) -> None:
    """Pass on what comes at each end to the other, as it is ordered, until the orders end."""
    trick = make_trick('')
    with DefaultSelector() as selector:
        selector.register(first, EVENT_READ, (first, second))
        selector.register(second, EVENT_READ, (second, first))
        selector.register(orders, EVENT_READ)
        while True:
            for key, _ in selector.select():
                if key.data is not None:
                    here, there = key.data
                    for frame in trick(here.recv(LARGEST), 0.0):
                        with suppress(OSError):  # a wire that takes no more loses it
                            there.send(frame)
                    continue
                order = orders.readline()
                if not order:
                    return
                trick = make_trick(order.strip())
                print(order.strip(), file=said, flush=True)


def main() -> None:
    """Join two interfaces."""
    parent, first, second = sys.argv[1:]
    die_with(int(parent))
    go_first()
    print(sys.stdin.readline().strip(), flush=True)
    forward(open_end(first), open_end(second), sys.stdin, sys.stdout)


if __name__ == '__main__':
    main()
