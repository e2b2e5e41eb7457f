"""Start, spin and stop one node; no other module of the nodes initialises rclpy."""

import gc
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import rclpy
from rclpy.executors import ExternalShutdownException, SingleThreadedExecutor
from rclpy.logging import get_logger
from rclpy.node import Node

from foresight.errors import ForesightError
from foresight.nodes.scheduling import go_first

NodeType = TypeVar('NodeType', bound=Node)


def run(make_node: Callable[[], Node], keeps_time: bool = False) -> None:
    """Run a node until SIGINT or SIGTERM and leave with status 0.

    A node that cannot start says why in one line and leaves with status 1.

    Args:
        make_node: Builds the node.
        keeps_time: Whether it goes first, as far as the system allows it.
    """
    if keeps_time and not go_first():
        get_logger('foresight').info('no right to real-time scheduling (ulimit -r): without it')
    run_once(make_node, lambda node, executor: executor.spin())


def run_once(
    make_node: Callable[[], NodeType],
    work: Callable[[NodeType, SingleThreadedExecutor], None],
) -> None:
    """Run a node until its work is done, SIGINT or SIGTERM, and leave with status 0.

    A node that fails on purpose says why in one line and leaves with status 1.
    """
    rclpy.init(args=sys.argv)
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
