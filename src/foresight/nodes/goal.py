"""Gives a running planner its goal, from outside."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import rclpy
from jaxtyping import UInt8
from numpy import ndarray
from rclpy.context import Context
from rclpy.duration import Duration
from rclpy.executors import SingleThreadedExecutor
from rclpy.node import Node
from std_srvs.srv import Trigger

from foresight.errors import ForesightError
from foresight.nodes.calls import ANSWER, Calls
from foresight.nodes.convert import image_message
from foresight.nodes.endpoints import publisher

PATIENCE = 10.0  # longest wait for a planner [s]
PLANNER = (
    'no planner listens: start one, such as `ros2 launch foresight robot.launch.py`, and give '
    'this command its ROS_DOMAIN_ID'
)


@contextmanager
def calling() -> Iterator[Calls]:
    """Give a node that calls others, for a while."""
    context = Context()
    rclpy.init(args=[], context=context)
    executor = SingleThreadedExecutor(context=context)
    node = Node('goal', context=context)
    executor.add_node(node)
    try:
        yield Calls(node, executor)
    finally:
        executor.shutdown()
        node.destroy_node()
        context.try_shutdown()


def publish_goal(calls: Calls, picture: UInt8[ndarray, 'height width 3']) -> None:
    """Publish a rectified image as the goal, and wait until a planner has it.

    Raises:
        ForesightError: If no planner listens.
    """
    goals = publisher(calls.node, 'goal_image')
    _wait_for_planner(calls, lambda: goals.get_subscription_count() > 0)
    now = calls.node.get_clock().now().nanoseconds * 1e-9
    goals.publish(image_message(picture, now))
    if not goals.wait_for_all_acked(Duration(seconds=ANSWER)):
        raise ForesightError('the planner does not take the goal: see its log')


def capture_goal(calls: Calls) -> None:
    """Let the planner take the table as it looks now.

    Raises:
        ForesightError: If no planner listens, or it cannot.
    """
    client: Any = calls.node.create_client(Trigger, 'planner/capture_goal')
    _wait_for_planner(calls, client.service_is_ready)
    calls.trigger('planner/capture_goal')


def _wait_for_planner(calls: Calls, is_there: Callable[[], bool]) -> None:
    """Wait until a planner is there.

    Raises:
        ForesightError: If none appears.
    """
    deadline = time.monotonic() + PATIENCE
    while not is_there():
        if time.monotonic() > deadline:
            raise ForesightError(PLANNER)
        calls.spin(0.1)
