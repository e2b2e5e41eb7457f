"""Judges free views for the predictor node and publishes how surprising they are."""

from dataclasses import dataclass

from std_msgs.msg import Float32
from torch import Tensor

from foresight.agent.arm_monitor import ArmWatch
from foresight.errors import CheckpointError
from foresight.nodes.convert import latent_message
from foresight.nodes.endpoints import publisher
from foresight.nodes.staged import StagedNode
from foresight.world_model.belief.surprise import Surprise, SurpriseReading
from foresight.world_model.belief.surprise_scales import load_scales
from foresight.world_model.belief.vigilance import Vigilance, VigilanceConfig
from foresight.world_model.checkpoint import Checkpoint

WIDESPREAD = 'the whole view changed: put camera and light back, or clear the table, capture '\
    'the background and clear the memory'


@dataclass(frozen=True)
class Imagined:
    """What a push should lead to.

    Attributes:
        action: The push.
        latent: Latent imagined after it.
        since: When the push was announced [s].
    """

    action: Tensor
    latent: Tensor
    since: float


class SurpriseJudge:
    """Compares every free view with what should be seen.

    A checkpoint without scales has only the first view after each push compared, on the scale
    that training left. What is published is one reading a push and, between pushes, every view
    that surprises and the first that does so no more.
    """

    def __init__(self, node: StagedNode) -> None:
        """Make the publishers."""
        self._node = node
        self._map = publisher(node, 'surprise')
        self._level = publisher(node, 'surprise/level')
        self._vigilance: Vigilance | None = None
        self._imagined: Imagined | None = None
        self._alarmed = False

    def configure(self, checkpoint: Checkpoint, config: VigilanceConfig) -> None:
        """Read the scales of a checkpoint, or fall back to what training left."""
        model, known = checkpoint.model, checkpoint.config
        self._compare = Surprise(model.raster, known.normalisation.get('surprise', 1.0))
        self._limit, self._vigilance = config.widespread, None
        try:
            scales = load_scales(checkpoint)
        except CheckpointError as error:
            self._node.get_logger().warning(f'only pushes are judged, not calibrated: {error}')
        else:
            self._vigilance = Vigilance(model.raster.scene_map, scales, config.widespread)
        self.forget()

    def forget(self) -> None:
        """Forget what was seen and imagined."""
        self._imagined, self._alarmed = None, False
        if self._vigilance is not None:
            self._vigilance.forget()

    def expect(self, action: Tensor, before: Tensor, predicted: Tensor, now: float) -> None:
        """Expect `predicted` after a push that is announced at time `now` [s]."""
        self._imagined = Imagined(action, predicted, now)
        if self._vigilance is not None:
            self._vigilance.expect(before, predicted)

    def look(self, latent: Tensor, stamp: float, arm: ArmWatch) -> str:
        """Judge a free view of time `stamp` [s].

        Returns:
            Why the view cannot be used; empty if it can.
        """
        imagined = self._imagined
        back = imagined is not None and arm.was_away_since(imagined.since)
        if self._vigilance is None:
            if imagined is not None and back:
                self._imagined = None
                self._tell(self._compare(imagined.latent, latent, imagined.action), stamp)
            return ''
        reading = self._vigilance.see(latent, back)
        if reading is None:
            return ''
        alarm = reading.level > 1.0
        if back or alarm or self._alarmed:
            self._tell(reading, stamp)
        if not self._vigilance.expecting:
            self._imagined = None
        self._alarmed = alarm
        return WIDESPREAD if alarm and reading.spread >= self._limit else ''

    def _tell(self, reading: SurpriseReading, stamp: float) -> None:
        """Publish a reading."""
        self._map.publish(latent_message(reading.map[None], stamp))
        self._level.publish(Float32(data=reading.level))
        self._node.health.figures({'surprise': reading.level})
