"""How an episode begins: the empty table is captured, objects appear, the planner starts.

The launch files run the node beside the others; it begins one simulated episode and ends.
"""

from typing import Any

from rclpy.executors import SingleThreadedExecutor
from rclpy.node import Node

from foresight.nodes.calls import ANSWER, Calls
from foresight.nodes.endpoints import subscription
from foresight.nodes.parameters import declare, refuse_unknown
from foresight.nodes.run import run_once
from foresight.sim.settings import SimConfig

FRESH = 3  # images after a reset of which the last is certainly newer than the reset


def capture_empty_table(calls: Calls, seed: int) -> None:
    """Show the empty table of a seed and let perception remember it.

    Raises:
        ForesightError: If perception cannot.
    """
    calls.set('sim', seed=seed, object_set='empty')
    _reset(calls)
    _wait_for_images(calls)
    calls.trigger('perception/capture_background', ANSWER)


def start_episode(calls: Calls, seed: int, object_set: str) -> None:
    """Place the objects of a seed and start the planner."""
    calls.set('sim', seed=seed, object_set=object_set)
    calls.set('planner', seed=seed)
    _reset(calls)
    calls.trigger('predictor/clear_memory')
    calls.trigger('planner/start', ANSWER)


def _reset(calls: Calls) -> None:
    """Begin a new world; an arm that was under way is home at once, which the guard reports."""
    calls.trigger('sim/reset')
    calls.trigger('guard/release', ANSWER)


def _wait_for_images(calls: Calls) -> None:
    """Wait until perception has seen the table as it is now."""
    seen: list[Any] = []
    images = subscription(calls.node, 'image_rectified', seen.append)
    calls.spin_until(lambda: len(seen) >= FRESH, ANSWER, 'perception sees no image')
    for each in images:
        calls.node.destroy_subscription(each)


class EpisodeNode(Node):
    """Captures the empty table, places the objects, starts the planner."""

    def __init__(self) -> None:
        super().__init__('episode')
        self._config = declare(self, SimConfig())
        refuse_unknown(self)

    def play(self, executor: SingleThreadedExecutor) -> None:
        """Begin the episode, once every node is there."""
        calls = Calls(self, executor)
        capture_empty_table(calls, self._config.seed)
        start_episode(calls, self._config.seed, self._config.object_set)
        self.get_logger().info(f'seed {self._config.seed} begins')


def main() -> None:
    """Run it."""
    run_once(EpisodeNode, EpisodeNode.play)


if __name__ == '__main__':
    main()
