"""Begins one simulated episode and ends; the launch files run it beside the nodes."""

from rclpy.executors import SingleThreadedExecutor
from rclpy.node import Node

from foresight.nodes.calls import Calls
from foresight.nodes.episode import capture_empty_table, start_episode
from foresight.nodes.parameters import declare, refuse_unknown
from foresight.nodes.run import run_once
from foresight.sim.settings import SimConfig


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
