"""The perception node: camera images to latents, against the remembered empty table."""

import time
from collections import deque
from pathlib import Path

import numpy as np
import torch
from sensor_msgs.msg import CompressedImage, Image

from foresight.data.camera import LensConfig
from foresight.data.images import image_array
from foresight.data.joint_messages import BASE, seconds
from foresight.errors import ObservationError
from foresight.nodes.convert import image_message, latent_message
from foresight.nodes.drivers import GIVEN
from foresight.nodes.endpoints import publisher, service, subscription
from foresight.nodes.frames import FrameReader, tell_pose
from foresight.nodes.joint_reader import JointReader
from foresight.nodes.model_config import ModelConfig
from foresight.nodes.parameters import declare
from foresight.nodes.readers import CameraReader
from foresight.nodes.run import run
from foresight.nodes.settings import PerceptionConfig
from foresight.nodes.staged import StagedNode
from foresight.protocols import CameraView, Observation
from foresight.robots.arm import ArmModel
from foresight.robots.joint_history import JointHistory
from foresight.robots.plan_window import Joints
from foresight.robots.retract_monitor import RetractMonitor
from foresight.robots.robot_file import RobotConfig
from foresight.robots.silence_monitor import SilenceMonitor
from foresight.robots.status import Status
from foresight.tasks.site_file import PlaceConfig
from foresight.world_model.observation.frame_monitor import FrameMonitor, Pixel, pixel_of
from foresight.world_model.observation.perception import (
    Perception,
    load_background,
    save_background,
)

SILENCE = 0.5  # without an image for so long the image is stale [s]
BEHIND = 0.05  # joint states this much older than an image do not tell where the tool is [s]
LOOK = 0.1  # time between two looks for it [s]
NO_IMAGE = 'no image: check the camera driver'
STAMPS = 'the stamps of the images stand still or go back: check the camera driver and clocks'
LOST = (f'{NO_IMAGE}; it is there: if it publishes with best effort, set it to reliable, or start '
        'it with FASTDDS_DEFAULT_PROFILES_FILE=config/fastdds.xml of this package')


class PerceptionNode(StagedNode):
    """Rectifies and encodes every image."""

    def __init__(self, name: str = 'perception') -> None:
        super().__init__(name)
        self._perception: Perception | None = None
        self._observation: Observation | None = None
        self._empty: Image | None = None
        self._silence = SilenceMonitor(SILENCE)
        self._watch = FrameMonitor()
        self._history = JointHistory()
        self._spent: deque[float] = deque(maxlen=200)
        self._latent = publisher(self, 'latent')
        self._rectified = publisher(self, 'image_rectified')
        self._background = publisher(self, 'image_background')
        subscription(self, 'camera/image_raw', self._on_image)
        self._camera = CameraReader(self, self._camera_config)
        self._joints = JointReader(self, self._on_joints)
        self._frames = FrameReader(self, self._base) if self._pose_from == 'tf' else None
        if self._pose_from == GIVEN:
            tell_pose(self, self._camera_at)
        service(self, 'perception/capture_background', self._capture)
        self.create_timer(LOOK, self._check_silence)

    def declare(self) -> None:
        """Declare model, robot and the file of the empty table."""
        self._model = declare(self, ModelConfig())
        self._site = declare(self, PlaceConfig()).site
        self._robot = declare(self, RobotConfig())
        self._camera_config = declare(self, LensConfig(), 'camera.')
        config = declare(self, PerceptionConfig())
        self._file, self._most = config.background, config.most_covered
        self._pose_from, self._base = config.camera_pose, config.base_frame
        self._camera_at = config.camera_at

    def configure(self) -> None:
        """Load the encoder, warm it up, and read the empty table if it is known."""
        torch.set_num_threads(1)
        checkpoint = self._model.load(self._site)
        known = checkpoint.config
        arm = ArmModel.load(self._robot.robot, known.scene.stand)
        self._camera.table_from_base = arm.table_from_base
        self._arm = RetractMonitor(np.array(arm.retract), self._robot.view_delay)
        blank = torch.zeros(1, known.encoder.rows, known.encoder.columns, 3, dtype=torch.uint8)
        with torch.inference_mode():
            checkpoint.model.encode(blank.to(checkpoint.model.device),
                                    blank.to(checkpoint.model.device))
        self._perception, self._tool_pose = Perception.of(checkpoint), arm.tool_pose
        self._joints.follow(arm.joint_names, self._robot.joint_prefix)
        if self._file and Path(self._file).is_file():
            self._remember(load_background(Path(self._file)))

    def activate(self) -> None:
        """Show a remembered empty table, and wait for the first image."""
        self._silence.hear(self.time)
        self._watch.begin()
        self._show_background()

    def cleanup(self) -> None:
        """Free the encoder and forget the empty table."""
        self._perception = self._observation = self._empty = None
        self._history = JointHistory()
        self._joints.follow(())

    def _on_joints(self, positions: Joints, velocities: Joints, stamp: float) -> None:
        self._arm.update(positions, velocities, stamp)
        self._history.add(positions, stamp)

    def _on_image(self, message: Image | CompressedImage) -> None:
        """Publish rectified image and latent with the image's stamp."""
        if self._perception is None or not self.active:
            return
        begin = time.perf_counter()
        try:
            if not self._watch.is_new(seconds(message.header.stamp), self.time):
                self._pass_over()
                return
            self._observation = None
            self._observation = self._observe(message)
            rectified = self._perception.rectify(self._observation)
            stamp = self._observation.stamp
            self._rectified.publish(image_message(rectified, stamp, BASE))
            most = self._most if self._arm.is_clear(stamp) else 1.0
            latent = self._perception.encode_rectified(rectified, stamp, most).latent
        except ObservationError as error:
            self.health.report(Status.STALE_IMAGE, str(error))
            return
        self._latent.publish(latent_message(latent, stamp))
        self._silence.hear(self.time)
        self._spent.append(1e3 * (time.perf_counter() - begin))
        self.health.figures({'encode_ms_p99': float(np.percentile(self._spent, 99))})
        self.health.report(Status.OK)

    def _observe(self, message: Image | CompressedImage) -> Observation:
        if self._frames is not None:
            self._frames.look_for(self._camera.frame)
            if self._frames.objection:
                raise ObservationError(self._frames.objection)
        view = self._camera.view()
        if view is None:
            raise ObservationError(self._camera.missing)
        image, stamp = self._camera.straighten(image_array(message)), seconds(message.header.stamp)
        self._watch.check(image, self._tool_in(view, stamp))
        return Observation(image, view, stamp)

    def _tool_in(self, view: CameraView, stamp: float) -> Pixel | None:
        """Return where the tool is in an image of time `stamp` [s]; None where nobody knows."""
        known = stamp - self._arm.stamp < BEHIND
        joints = self._history.at(min(stamp, self._arm.stamp)) if known else None
        return None if joints is None else pixel_of(self._tool_pose(joints)[:3, 3], view)

    def _pass_over(self) -> None:
        """Leave out an image that is no newer than those before; say if all are."""
        if self._silence.is_silent(self.time):
            self.health.report(Status.STALE_IMAGE, STAMPS)

    def _capture(self) -> str:
        """Take the newest image as the empty table."""
        if self._observation is None or not self.active:
            raise ObservationError('no usable image yet: activate perception, start the camera')
        doubt = self._arm.doubt(self._observation.stamp)
        if doubt:
            raise ObservationError(doubt)
        self._remember(self._observation)
        if self._file:
            save_background(Path(self._file), self._observation)
        return f'empty table captured{f", kept in {self._file}" if self._file else ""}'

    def _remember(self, empty: Observation) -> None:
        """Use this image as the empty table, and show it."""
        assert self._perception is not None
        self._perception.set_background(empty.image, empty.view)
        self._watch.compare_with(empty.image)
        self._empty = image_message(self._perception.rectify(empty), empty.stamp, BASE)
        self._show_background()

    def _show_background(self) -> None:
        if self._empty is not None:
            self._background.publish(self._empty)

    def _check_silence(self) -> None:
        silent = self.active and self._silence.is_silent(self.time)
        known = self.health.status is Status.STALE_IMAGE
        if silent and (not known or self.health.reason in (NO_IMAGE, LOST)):
            driven = self.count_publishers('camera/image_raw') > 0
            self.health.report(Status.STALE_IMAGE, LOST if driven else NO_IMAGE)


def main() -> None:
    """Run the node."""
    run(PerceptionNode)


if __name__ == '__main__':
    main()
