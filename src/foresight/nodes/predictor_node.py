"""The predictor node: what to plan from, and how wrong the last prediction was."""

import pathlib
import time

import torch
from nav_msgs.msg import Path
from sensor_msgs.msg import Image
from std_msgs.msg import Float32

from foresight.agent.arm_monitor import ArmMonitor
from foresight.agent.surprise_monitor import SurpriseMonitor
from foresight.agent.witness import View, Witness
from foresight.data.camera import LensConfig
from foresight.data.joint_messages import seconds
from foresight.data.messages import latent_tensor, path_poses
from foresight.errors import FileError, ObservationError
from foresight.nodes.convert import latent_message
from foresight.nodes.endpoints import publisher, service, subscription
from foresight.nodes.joint_reader import JointReader
from foresight.nodes.memory_store import MemoryStore
from foresight.nodes.model_config import ModelConfig
from foresight.nodes.parameters import declare
from foresight.nodes.readers import CameraReader
from foresight.nodes.run import run
from foresight.nodes.staged import StagedNode
from foresight.robots.arm import ArmModel
from foresight.robots.plan_window import Joints
from foresight.robots.robot_file import RobotConfig
from foresight.robots.shape import ArmShape
from foresight.robots.silence_monitor import SilenceMonitor
from foresight.robots.status import Status
from foresight.tasks.site_file import PlaceConfig
from foresight.world_model.belief.memory import Memory, MemoryConfig
from foresight.world_model.belief.memory_file import MemoryOwner
from foresight.world_model.belief.tracker import BeliefTracker
from foresight.world_model.belief.vigilance import VigilanceConfig
from foresight.world_model.checkpoint import Checkpoint
from foresight.world_model.observation.occlusion import ArmOcclusion
from foresight.world_model.observation.rectification import Rectifier

SILENCE = 0.5  # without a latent for so long the image is stale [s]
LOOK = 0.1  # time between two looks for it [s]


class PredictorNode(StagedNode):
    """Remembers what the arm hides, and compares every free view with what was imagined."""

    def __init__(self, name: str = 'predictor') -> None:
        super().__init__(name)
        self._witness: Witness | None = None
        self._store: MemoryStore | None = None
        self._silence = SilenceMonitor(SILENCE)
        self._belief = publisher(self, 'belief')
        self._memory_view = publisher(self, 'predictor/memory')
        self._surprise_map = publisher(self, 'surprise')
        self._surprise_level = publisher(self, 'surprise/level')
        subscription(self, 'latent', self._on_latent)
        subscription(self, 'macro_action', self._on_action)
        self._camera = CameraReader(self, self._camera_config)
        self._joints = JointReader(self, self._on_joints)
        service(self, 'predictor/clear_memory', self._clear)
        self.create_timer(LOOK, self._check_silence)
        self.create_timer(self._memory.save_period, self._keep)

    def declare(self) -> None:
        """Declare model, robot and memory."""
        self._model = declare(self, ModelConfig())
        self._site = declare(self, PlaceConfig()).site
        self._robot = declare(self, RobotConfig())
        self._camera_config = declare(self, LensConfig(), 'camera.')
        self._memory = declare(self, MemoryConfig(), 'memory.')
        self._vigilance = declare(self, VigilanceConfig(), 'vigilance.')

    def configure(self) -> None:
        """Load the predictor, warm it up, and remember what was kept on disk."""
        torch.set_num_threads(1)
        checkpoint = self._model.load(self._site)
        arm = ArmModel.load(self._robot.robot, checkpoint.config.scene.stand)
        self._camera.table_from_base = arm.table_from_base
        tracker = BeliefTracker(checkpoint.model, self._memory)
        self._action = checkpoint.action
        tracker.begin_action(torch.tensor([number.middle for number in self._action.numbers]))
        tracker.forget()
        self._remember(tracker, MemoryOwner.of(checkpoint))
        surprise = SurpriseMonitor(checkpoint, self._vigilance)
        if surprise.uncalibrated:
            self.get_logger().warning(surprise.uncalibrated)
        self._witness = Witness(
            tracker, ArmMonitor(arm, self._robot.view_delay, self._occlusion(arm, checkpoint)),
            self._action.monitor(), surprise,
        )
        self._joints.follow(arm.joint_names, self._robot.joint_prefix)

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

    def activate(self) -> None:
        """Wait for the first latent."""
        self._silence.hear(self.time)

    def deactivate(self) -> None:
        """Keep what is remembered."""
        self._keep()

    def cleanup(self) -> None:
        """Free the predictor and its memory; what is on disk stays."""
        self._keep()
        store, self._store, self._witness = self._store, None, None
        self._joints.follow(())
        if store is not None:
            store.close()

    def destroy_node(self) -> None:
        """Finish writing first."""
        self.cleanup()
        super().destroy_node()

    def _on_joints(self, positions: Joints, velocities: Joints, stamp: float) -> None:
        if self._witness is not None:
            self._witness.feel(positions, velocities, stamp)
            self._look(self._witness)

    def _on_action(self, message: Path) -> None:
        if self._witness is not None and self.active:
            poses = self._camera.table_from_base @ path_poses(message)
            numbers = self._action.from_poses(poses)
            self._witness.announce(numbers, self.time)

    def _on_latent(self, message: Image) -> None:
        """Take a latent as soon as the joints of its time are known."""
        if self._witness is None or not self.active:
            return
        self._silence.hear(self.time)
        try:
            self._witness.take(latent_tensor(message), seconds(message.header.stamp))
        except ObservationError as error:
            self.health.report(Status.STALE_IMAGE, str(error))
        self._look(self._witness)

    def _look(self, witness: Witness) -> None:
        """Publish what comes of the latents, as far as it is known."""
        if not self.active:
            return
        begin = time.perf_counter()
        for view in witness.look(self._camera.view):
            self._show(view, witness.tracker.memory)
            begin, spent = time.perf_counter(), time.perf_counter() - begin
            self.health.figures({'belief_ms': 1e3 * spent})

    def _show(self, view: View, memory: Memory) -> None:
        """Publish surprise, belief and memory, in this order."""
        if view.belief is not None:
            stamp, reading = view.belief.stamp, view.reading
            if reading is not None:
                self._surprise_map.publish(latent_message(reading.map[None], stamp))
                self._surprise_level.publish(Float32(data=reading.level))
                self.health.figures({'surprise': reading.level})
            self._belief.publish(latent_message(view.belief.latent, stamp))
            self._show_memory(memory)
        self.health.report(view.status, view.reason)

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
        if self._witness is not None:
            self._witness.forget()
        if self._store is not None:
            self._store.clear()
        return 'memory cleared'

    def _keep(self) -> None:
        """Write the memory to disk, if it is to be kept and there is any."""
        if self._witness is None or self._store is None:
            return
        try:
            if self._witness.tracker.memory.complete:
                self._store.write(self._witness.tracker.memory)
        except FileError as error:
            self.get_logger().error(str(error), throttle_duration_sec=10.0)

    def _check_silence(self) -> None:
        if self.active and self._silence.is_silent(self.time):
            self.health.report(Status.STALE_IMAGE, 'no latent: check perception')


def main() -> None:
    """Run the node."""
    run(PredictorNode)


if __name__ == '__main__':
    main()
