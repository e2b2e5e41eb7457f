"""Listens to surprise for the planner: what to follow, when to plan anew, when to stop."""

from collections.abc import Callable

from rclpy.node import Node
from sensor_msgs.msg import Image

from foresight.agent.following import Following, SurpriseConfig
from foresight.errors import ConfigError, ObservationError
from foresight.nodes.convert import latent_tensor, seconds
from foresight.nodes.endpoints import subscription
from foresight.nodes.health import Health
from foresight.nodes.push_worker import Decision
from foresight.protocols import Plan
from foresight.world_model.belief.surprise import worst_cells
from foresight.world_model.belief.surprise_scales import load_scales
from foresight.world_model.checkpoint import Checkpoint


class SurpriseWatch:
    """Turns surprise maps into what the planner may do.

    Without `watch` a surprise only makes the planner forget its last plan.
    """

    def __init__(self, node: Node, on_alarm: Callable[[], None]) -> None:
        """Listen; `on_alarm` is called when a view surprises."""
        self._node, self._on_alarm = node, on_alarm
        self._config = SurpriseConfig()
        self._following = Following(self._config)
        self._skipped = 0
        subscription(node, 'surprise', self._on_surprise)

    def configure(self, config: SurpriseConfig, checkpoint: Checkpoint, horizon: int) -> None:
        """Let surprise decide, if that is asked for.

        Raises:
            CheckpointError: If the checkpoint has no scales of surprise.
            ConfigError: If plans are too short to be followed.
        """
        if config.watch:
            load_scales(checkpoint)
            if config.follow > horizon:
                raise ConfigError(
                    f'surprise.follow = {config.follow} needs plans as long: set horizon to '
                    f'{config.follow} or surprise.follow to {horizon}'
                )
        self._config, self._following = config, Following(config)

    def begin(self) -> None:
        """Begin an episode or a task."""
        self._skipped = 0
        self._following.begin()

    @property
    def alarmed(self) -> bool:
        """Whether to wait, because the newest view surprises."""
        return self._config.watch and self._following.alarmed

    @property
    def stop(self) -> str:
        """Why to stop; empty if there is no reason."""
        return self._following.stop if self._config.watch else ''

    def next(self) -> Plan | None:
        """Return the plan to go on with; None if it is time to plan anew."""
        return self._following.next() if self._config.watch else None

    def carry_out(self, decision: Decision, health: Health) -> None:
        """Take note of the push that is about to be made, and tell how many plans were saved."""
        if decision.followed:
            self._skipped += 1
            self._following.go_on()
        elif decision.plan is not None:
            self._following.adopt(decision.plan)
        if self._config.watch:
            health.figures({'skipped': self._skipped})

    def _on_surprise(self, message: Image) -> None:
        try:
            level = float(worst_cells(latent_tensor(message))[0])
        except ObservationError as error:
            self._node.get_logger().error(f'surprise ignored: {error}')
            return
        self._following.hear(level, seconds(message.header.stamp))
        if level > 1.0:
            self._on_alarm()
