"""Start, spin and stop one node; nothing else initialises rclpy."""

import sys
from collections.abc import Callable

import rclpy
from rclpy.executors import ExternalShutdownException, SingleThreadedExecutor
from rclpy.logging import get_logger
from rclpy.node import Node

from foresight.errors import ForesightError


def run(make_node: Callable[[], Node]) -> None:
    """Run a node until SIGINT or SIGTERM and leave with status 0.

    A node that cannot start says why in one line and leaves with status 1.
    """
    rclpy.init(args=sys.argv)
    try:
        _spin(make_node())
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


def _spin(node: Node) -> None:
    """Spin until stopped, then let the node close what it holds."""
    executor = SingleThreadedExecutor()
    executor.add_node(node)
    try:
        executor.spin()
    finally:
        executor.shutdown()
        node.destroy_node()
