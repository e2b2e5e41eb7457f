"""The predictor node: what to plan from, and how wrong the last prediction was."""

import time
from dataclasses import dataclass

import torch
from nav_msgs.msg import Path
from sensor_msgs.msg import Image, JointState
from std_msgs.msg import Float32
from torch import Tensor

from foresight.config import ModelConfig, RobotConfig
from foresight.errors import ObservationError, RobotError
from foresight.nodes.convert import (
    joint_values,
    latent_message,
    latent_tensor,
    push_of_path,
    seconds,
)
from foresight.nodes.endpoints import publisher, service, subscription
from foresight.nodes.models import find_model
from foresight.nodes.parameters import declare
from foresight.nodes.run import run
from foresight.nodes.staged import StagedNode
from foresight.robot.arm_model import ArmModel
from foresight.robot.retract_watch import RetractWatch
from foresight.robot.status import Status
from foresight.world_model.checkpoint import Checkpoint, load
from foresight.world_model.surprise import Surprise

SILENCE = 0.5  # without a latent for so long the image is stale [s]


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


class PredictorNode(StagedNode):
    """Hands on latents of images without the arm, and compares the first after each push."""

    def __init__(self, name: str = 'predictor') -> None:
        super().__init__(name)
        self._checkpoint: Checkpoint | None = None
        self._latent: Tensor | None = None
        self._imagined: Imagined | None = None
        self._latent_at = 0.0
        self._belief = publisher(self, 'belief')
        self._surprise = publisher(self, 'surprise')
        self._level = publisher(self, 'surprise/level')
        subscription(self, 'latent', self._on_latent)
        subscription(self, 'macro_action', self._on_push)
        subscription(self, 'joint_states', self._on_joints)
        service(self, 'predictor/clear_memory', self._clear)
        self.create_timer(SILENCE, self._watch)

    def declare(self) -> None:
        """Declare model and robot."""
        self._model = declare(self, ModelConfig())
        self._robot = declare(self, RobotConfig())

    def configure(self) -> None:
        """Load the predictor and warm it up."""
        torch.set_num_threads(1)
        checkpoint = load(find_model(self._model.checkpoint), self._model.device)
        arm = ArmModel.load(self._robot.robot)
        self._names, self._watcher = arm.joint_names, RetractWatch(
            arm.retract, self._robot.view_delay
        )
        scale = checkpoint.config.normalisation.get('surprise', 1.0)
        self._compare = Surprise(checkpoint.model.raster, scale)
        self._shape = (checkpoint.config.encoder.channels, *checkpoint.config.encoder.grid)
        self._checkpoint = checkpoint
        self._predict(torch.zeros(self._shape), torch.tensor([0.5, 0.0, 0.0, 0.1]))

    def cleanup(self) -> None:
        """Free the predictor and its memory."""
        self._checkpoint = self._latent = self._imagined = None

    def _on_joints(self, message: JointState) -> None:
        if self._checkpoint is None:
            return
        try:
            self._watcher.update(
                *joint_values(message, self._names), seconds(message.header.stamp)
            )
        except RobotError as error:
            self.get_logger().error(str(error), throttle_duration_sec=1.0)

    def _on_push(self, message: Path) -> None:
        """Imagine what the push will lead to."""
        if self._checkpoint is None or not self.active or self._latent is None:
            return
        try:
            action = torch.from_numpy(push_of_path(message).array()).float()
        except (RobotError, ObservationError) as error:
            self.get_logger().error(f'macro_action ignored: {error}')
            return
        self._imagined = Imagined(action, self._predict(self._latent, action), self.time)

    def _predict(self, latent: Tensor, action: Tensor) -> Tensor:
        """Imagine one push."""
        assert self._checkpoint is not None
        model = self._checkpoint.model
        with torch.inference_mode():
            return model.predict(latent[None].to(model.device), action[None].to(model.device))[0]

    def _on_latent(self, message: Image) -> None:
        """Hand on a latent of an image without the arm."""
        if self._checkpoint is None or not self.active:
            return
        stamp, self._latent_at = seconds(message.header.stamp), self.time
        if not self._watcher.is_clear(stamp):
            stale = self._watcher.stamp < stamp - self._robot.view_delay
            if stale:
                self.health.report(Status.STALE_JOINTS, 'no joint states: check the joint driver')
            else:
                self.health.report(Status.IDLE, 'the arm is in the picture')
            return
        begin = time.perf_counter()
        try:
            latent = latent_tensor(message)
            self._check(latent)
        except ObservationError as error:
            self.health.report(Status.STALE_IMAGE, str(error))
            return
        self._belief.publish(message)
        self._latent = latent
        self._judge(latent, stamp)
        self.health.figures({'belief_ms': 1e3 * (time.perf_counter() - begin)})
        self.health.report(Status.OK)

    def _check(self, latent: Tensor) -> None:
        """Refuse latents of another model."""
        if tuple(latent.shape) != self._shape:
            raise ObservationError(
                f'the latent is {tuple(latent.shape)}, this checkpoint has {self._shape}: give '
                'perception and predictor the same checkpoint'
            )

    def _judge(self, latent: Tensor, stamp: float) -> None:
        """Compare with what was imagined, once a push, when the arm is back."""
        imagined = self._imagined
        if imagined is None or not self._watcher.was_away_since(imagined.since):
            return
        self._imagined = None
        device = imagined.latent.device
        reading = self._compare(imagined.latent, latent.to(device), imagined.action)
        self._surprise.publish(latent_message(reading.map[None], stamp))
        self._level.publish(Float32(data=reading.level))
        self.health.figures({'surprise': reading.level})

    def _clear(self) -> str:
        """Forget what was seen and imagined."""
        self._latent = self._imagined = None
        return 'memory cleared'

    def _watch(self) -> None:
        """Notice that latents stopped."""
        if self.active and self.time - self._latent_at > SILENCE:
            self.health.report(Status.STALE_IMAGE, 'no latent: check perception')


def main() -> None:
    """Run the node."""
    run(PredictorNode)


if __name__ == '__main__':
    main()
