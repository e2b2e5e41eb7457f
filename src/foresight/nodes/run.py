"""Start, spin and stop one node; no other module of the nodes initialises rclpy."""

import gc
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import TypeVar

import rclpy
from rclpy.executors import ExternalShutdownException, SingleThreadedExecutor
from rclpy.logging import get_logger
from rclpy.node import Node
from rclpy.signals import SignalHandlerOptions

from foresight.errors import ForesightError
from foresight.nodes.scheduling import go_first
from foresight.signals import hang_up_as_sigterm, heed_signals

NodeType = TypeVar('NodeType', bound=Node)
LOOK = 0.1  # longest time between two looks for a signal [s]
REST = 1.0  # longest time that a node takes to come to rest [s]


def run(
    make_node: Callable[[], NodeType], keeps_time: bool = False,
    come_to_rest: Callable[[NodeType], bool] | None = None,
) -> None:
    """Run a node until SIGINT, SIGTERM or SIGHUP and leave with status 0.

    A node that cannot start says why in one line and leaves with status 1.

    Args:
        make_node: Builds the node.
        keeps_time: Whether it goes first, as far as the system allows it.
        come_to_rest: After a signal the node goes on until this says that it is at rest; a second
            signal ends it at once.
    """
    if keeps_time and not go_first():
        get_logger('foresight').info('no right to real-time scheduling (ulimit -r): without it')
    if come_to_rest is None:
        run_once(make_node, lambda node, executor: executor.spin())
    else:
        rests, signals = come_to_rest, heed_signals()
        run_once(make_node, lambda node, executor: _spin_to_rest(
            partial(rests, node), executor.spin_once, signals,
        ), SignalHandlerOptions.NO)


def _spin_to_rest(
    come_to_rest: Callable[[], bool], spin_once: Callable[[float], None], signals: list[int],
) -> None:
    """Spin until a signal, and then until the node is at rest."""
    while not signals:
        spin_once(LOOK)
    deadline = time.monotonic() + REST
    while not come_to_rest() and time.monotonic() < deadline:
        spin_once(LOOK)


def run_once(
    make_node: Callable[[], NodeType], work: Callable[[NodeType, SingleThreadedExecutor], None],
    signals: SignalHandlerOptions = SignalHandlerOptions.ALL,
) -> None:
    """Run a node until its work is done, SIGINT, SIGTERM or SIGHUP, and leave with status 0.

    A node that fails on purpose says why in one line and leaves with status 1.
    """
    hang_up_as_sigterm()
    rclpy.init(args=sys.argv, signal_handler_options=signals)
    try:
        with _spinning(make_node()) as (node, executor):
            work(node, executor)
    except (KeyboardInterrupt, ExternalShutdownException):
        pass
    except ForesightError as error:
        get_logger('foresight').fatal(str(error))
        sys.exit(1)
    except RuntimeError:
        if rclpy.ok():  # otherwise a signal ended rclpy under a node that was still starting
            raise
    finally:
        rclpy.try_shutdown()


@contextmanager
def _spinning(node: NodeType) -> Iterator[tuple[NodeType, SingleThreadedExecutor]]:
    """Give the node an executor, and let it close what it holds at the end."""
    executor = SingleThreadedExecutor()
    executor.add_node(node)
    gc.freeze()  # what was imported stays: looking through it again stalls a node for 20 ms
    try:
        yield node, executor
    finally:
        executor.shutdown()
        node.destroy_node()
