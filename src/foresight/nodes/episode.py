"""How an episode begins: the empty table is captured, objects appear, the planner starts."""

from typing import Any

from foresight.nodes.calls import ANSWER, Calls
from foresight.nodes.endpoints import subscription

FRESH = 3  # images after a reset of which the last is certainly newer than the reset


def capture_empty_table(calls: Calls, seed: int) -> None:
    """Show the empty table of a seed and let perception remember it.

    Raises:
        ForesightError: If perception cannot.
    """
    calls.set('sim', seed=seed, object_set='empty')
    calls.trigger('sim/reset')
    _wait_for_images(calls)
    calls.insist('perception/capture_background')


def start_episode(calls: Calls, seed: int, object_set: str) -> None:
    """Place the objects of a seed and start the planner."""
    calls.set('sim', seed=seed, object_set=object_set)
    calls.set('planner', seed=seed)
    calls.trigger('sim/reset')
    calls.trigger('predictor/clear_memory')
    calls.insist('planner/start')


def _wait_for_images(calls: Calls) -> None:
    """Wait until perception has seen the table as it is now."""
    seen: list[Any] = []
    images = subscription(calls.node, 'image_rectified', seen.append)
    calls.spin_until(lambda: len(seen) >= FRESH, ANSWER, 'perception sees no image')
    for each in images:
        calls.node.destroy_subscription(each)
