"""The predictor node: what to plan from, and how wrong the last prediction was."""

import pathlib
import time
from collections import deque

import torch
from geometry_msgs.msg import PoseStamped
from nav_msgs.msg import Path
from sensor_msgs.msg import CameraInfo, Image, JointState
from torch import Tensor

from foresight.actions.push.monitor import PushWatch
from foresight.agent.arm_monitor import ArmWatch, Sight
from foresight.errors import FileError, ObservationError, RobotError
from foresight.files import find_model
from foresight.nodes.convert import (
    camera_view,
    joint_values,
    latent_message,
    latent_tensor,
    push_of_path,
    seconds,
)
from foresight.nodes.endpoints import publisher, service, subscription
from foresight.nodes.memory_store import MemoryStore
from foresight.nodes.parameters import declare
from foresight.nodes.run import run
from foresight.nodes.settings import ModelConfig
from foresight.nodes.staged import StagedNode
from foresight.nodes.surprise_judge import SurpriseJudge
from foresight.protocols import CameraView
from foresight.robots.arm import ArmModel
from foresight.robots.robot_file import RobotConfig
from foresight.robots.shape import ArmShape
from foresight.robots.status import Status
from foresight.world_model.belief.memory import Memory, MemoryConfig
from foresight.world_model.belief.memory_file import MemoryOwner
from foresight.world_model.belief.tracker import BeliefTracker
from foresight.world_model.belief.vigilance import VigilanceConfig
from foresight.world_model.checkpoint import Checkpoint, load
from foresight.world_model.observation.occlusion import ArmOcclusion
from foresight.world_model.observation.rectification import Rectifier

SILENCE = 0.5  # without a latent for so long the image is stale [s]
WAITING = 8  # latents that wait for the joints of their time


class PredictorNode(StagedNode):
    """Remembers what the arm hides, and compares every free view with what was imagined."""

    def __init__(self, name: str = 'predictor') -> None:
        super().__init__(name)
        self._tracker: BeliefTracker | None = None
        self._store: MemoryStore | None = None
        self._info: CameraInfo | None = None
        self._pose: PoseStamped | None = None
        self._waiting: deque[Image] = deque(maxlen=WAITING)
        self._latent_at = 0.0
        self._belief = publisher(self, 'belief')
        self._memory_view = publisher(self, 'predictor/memory')
        self._judge = SurpriseJudge(self)
        subscription(self, 'latent', self._on_latent)
        subscription(self, 'macro_action', self._on_push)
        subscription(self, 'joint_states', self._on_joints)
        subscription(self, 'camera/camera_info', self._on_info)
        subscription(self, 'camera/pose', self._on_pose)
        service(self, 'predictor/clear_memory', self._clear)
        self.create_timer(SILENCE, self._watch)
        self.create_timer(self._memory.save_period, self._keep)

    def declare(self) -> None:
        """Declare model, robot and memory."""
        self._model = declare(self, ModelConfig())
        self._robot = declare(self, RobotConfig())
        self._memory = declare(self, MemoryConfig(), 'memory.')
        self._vigilance = declare(self, VigilanceConfig(), 'vigilance.')

    def configure(self) -> None:
        """Load the predictor, warm it up, and remember what was kept on disk."""
        torch.set_num_threads(1)
        checkpoint = load(find_model(self._model.checkpoint), self._model.device)
        known, arm = checkpoint.config, ArmModel.load(self._robot.robot)
        self._names, self._arm = arm.joint_names, ArmWatch(
            arm, self._robot.view_delay, self._occlusion(arm, checkpoint)
        )
        self._pushes = PushWatch(known.push.clearance / 2)
        self._judge.configure(checkpoint, self._vigilance)
        self._shape = (known.encoder.channels, *known.encoder.grid)
        tracker = BeliefTracker(checkpoint.model, self._memory)
        tracker.begin_push(torch.tensor([0.5, 0.0, 0.0, 0.1]))
        tracker.forget()
        self._remember(tracker, MemoryOwner.of(checkpoint))
        self._tracker = tracker

    def _occlusion(self, arm: ArmModel, checkpoint: Checkpoint) -> ArmOcclusion | None:
        """Make what draws the arm, unless only free views are to be used."""
        if not self._memory.behind_arm:
            return None
        rectifier = Rectifier(checkpoint.config.scene, checkpoint.config.encoder)
        return ArmOcclusion(ArmShape(arm), rectifier)

    def _remember(self, tracker: BeliefTracker, owner: MemoryOwner) -> None:
        """Go on with the memory on disk, if there is one."""
        if not self._memory.file:
            return
        store = MemoryStore(pathlib.Path(self._memory.file), owner)
        memory = store.restore()
        if memory is not None:
            tracker.restore(memory)
            self.get_logger().info(f'remembers {self._memory.file}')
        self._store = store

    def deactivate(self) -> None:
        """Keep what is remembered."""
        self._keep()

    def cleanup(self) -> None:
        """Free the predictor and its memory; what is on disk stays."""
        self._keep()
        if self._store is not None:
            self._store.close()
        self._store = self._tracker = None
        self._judge.forget()
        self._waiting.clear()

    def destroy_node(self) -> None:
        """Finish writing first."""
        self.cleanup()
        super().destroy_node()

    def _on_info(self, message: CameraInfo) -> None:
        self._info = message

    def _on_pose(self, message: PoseStamped) -> None:
        self._pose = message

    def _on_joints(self, message: JointState) -> None:
        if self._tracker is None:
            return
        try:
            tool = self._arm.update(
                *joint_values(message, self._names), seconds(message.header.stamp)
            )
        except RobotError as error:
            self.get_logger().error(str(error), throttle_duration_sec=1.0)
            return
        if self._pushes.ends(tool):
            self._tracker.end_push()
        if self.active:
            self._look(self._tracker)

    def _on_push(self, message: Path) -> None:
        """Imagine what the push will lead to."""
        if self._tracker is None or not self.active or not self._tracker.memory.complete:
            return
        try:
            push = push_of_path(message)
        except (RobotError, ObservationError) as error:
            self.get_logger().error(f'macro_action ignored: {error}')
            return
        action, before = torch.from_numpy(push.array()).float(), self._tracker.memory.latent
        self._judge.expect(action, before, self._tracker.begin_push(action), self.time)
        self._pushes.announce(push)

    def _on_latent(self, message: Image) -> None:
        """Take a latent as soon as the joints of its time are known."""
        if self._tracker is None or not self.active:
            return
        self._latent_at = self.time
        self._waiting.append(message)
        self._look(self._tracker)

    def _look(self, tracker: BeliefTracker) -> None:
        """Turn latents into beliefs, as far as the arm's place in their images is known."""
        while self._waiting:
            message, begin = self._waiting[0], time.perf_counter()
            stamp = seconds(message.header.stamp)
            try:
                latent = self._checked(latent_tensor(message))
                self._arm.view = self._camera()
                sight = self._arm.look(stamp)
            except ObservationError as error:
                self._waiting.popleft()
                self.health.report(Status.STALE_IMAGE, str(error))
                continue
            if sight.status is not Status.OK:
                self.health.report(sight.status, sight.reason)
            if sight.early:
                return
            self._waiting.popleft()
            if sight.status is Status.OK:
                self._believe(tracker, latent, stamp, sight)
                self.health.figures({'belief_ms': 1e3 * (time.perf_counter() - begin)})

    def _believe(
        self, tracker: BeliefTracker, latent: Tensor, stamp: float, sight: Sight,
    ) -> None:
        """Remember, publish and judge."""
        belief = tracker.see(latent, stamp, sight.hidden)
        if not tracker.memory.complete:
            self.health.report(Status.IDLE, 'the arm hides what was never seen')
            return
        unusable = self._judge.look(belief.latent, stamp, self._arm) if sight.clear else ''
        self._belief.publish(latent_message(belief.latent, stamp))
        self._show_memory(tracker.memory)
        self.health.report(Status.STALE_IMAGE if unusable else Status.OK, unusable)

    def _camera(self) -> CameraView | None:
        """Join intrinsics and pose of the camera; None until both are known.

        Raises:
            ObservationError: If they cannot be used.
        """
        if self._info is None or self._pose is None:
            return None
        return camera_view(self._info, self._pose)

    def _checked(self, latent: Tensor) -> Tensor:
        """Refuse latents of another model."""
        if tuple(latent.shape) != self._shape:
            raise ObservationError(
                f'the latent is {tuple(latent.shape)}, this checkpoint has {self._shape}: give '
                'perception and predictor the same checkpoint'
            )
        return latent

    def _show_memory(self, memory: Memory) -> None:
        """Publish age and confidence of the belief, if somebody looks."""
        hidden = memory.age > 0.0
        self.health.figures({
            'hidden': float(hidden.float().mean()), 'oldest_s': float(memory.age.max()),
        })
        if self._memory_view.get_subscription_count():
            known = torch.stack([memory.age, memory.confidence])
            self._memory_view.publish(latent_message(known, memory.stamp))

    def _clear(self) -> str:
        """Forget what was seen and imagined."""
        self._judge.forget()
        self._waiting.clear()
        if self._tracker is not None:
            self._tracker.forget()
            self._pushes.forget()
        if self._store is not None:
            self._store.clear()
        return 'memory cleared'

    def _keep(self) -> None:
        """Write the memory to disk, if it is to be kept and there is any."""
        if self._tracker is None or self._store is None or not self._tracker.memory.complete:
            return
        try:
            self._store.write(self._tracker.memory)
        except FileError as error:
            self.get_logger().error(str(error), throttle_duration_sec=10.0)

    def _watch(self) -> None:
        """Notice that latents stopped."""
        if self.active and self.time - self._latent_at > SILENCE:
            self.health.report(Status.STALE_IMAGE, 'no latent: check perception')


def main() -> None:
    """Run the node."""
    run(PredictorNode)


if __name__ == '__main__':
    main()
