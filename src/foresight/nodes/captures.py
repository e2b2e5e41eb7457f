"""Captures for a calibration, from the topics of a running arm and camera."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

import numpy as np
import rclpy
from rclpy.context import Context
from rclpy.executors import SingleThreadedExecutor
from sensor_msgs.msg import CameraInfo, CompressedImage, Image

from foresight.calibration.captures import Capture
from foresight.data.camera import Lens, LensConfig
from foresight.data.images import image_array
from foresight.errors import ObservationError
from foresight.nodes.endpoints import subscription
from foresight.nodes.joint_reader import JointReader
from foresight.nodes.surviving import SurvivingNode
from foresight.robots.arm import ArmModel
from foresight.robots.plan_window import Joints

PATIENCE = 10.0  # longest wait for joints and an image [s]
STALE = 0.3  # what still comes for so long may be from before the call [s]
FRESH = 2  # joint states and images that are waited for
STILL = 2e-3  # a joint that is measured within this span stands still [rad]


@contextmanager
def capturing(arm: ArmModel, names: Mapping[str, str], camera: bool) -> Iterator['Capturer']:
    """Listen to an arm, and to its camera if there is one.

    Args:
        arm: The arm.
        names: How its drivers call things; see `driver_names`.
        camera: Whether to listen to the camera.
    """
    context = Context()
    rclpy.init(args=[], context=context)
    executor = SingleThreadedExecutor(context=context)
    capturer = Capturer(arm, names, camera, context, executor.spin_once)
    executor.add_node(capturer)
    try:
        yield capturer
    finally:
        executor.shutdown()
        capturer.destroy_node()
        context.try_shutdown()


class Capturer(SurvivingNode):
    """Takes one capture after the other, whenever it is asked and the arm stands still.

    Attributes:
        lens: Lens of the camera; None before it is known.
    """

    def __init__(
        self, arm: ArmModel, names: Mapping[str, str], camera: bool, context: Context,
        spin_once: Callable[[float], None],
    ) -> None:
        """Listen under the names of the drivers."""
        rules = {'joint_states': names['joint_states'], 'camera/image_raw': names['image'],
                 'camera/camera_info': names['camera_info']}
        words = [word for rule in rules.items() for word in ('-r', ':='.join(rule))]
        super().__init__('calibrate', context=context, cli_args=['--ros-args', *words])
        self.lens: Lens | None = None
        self._names, self._camera, self._spin_once = names, camera, spin_once
        self._rectified = LensConfig(names['image_is']).is_rectified(names['image'])
        self._seen: list[Joints] = []
        self._images: list[Image | CompressedImage] = []
        self._joints = JointReader(self, self._feel)
        self._joints.follow(arm.joint_names, names['joint_prefix'])
        if camera:
            subscription(self, 'camera/image_raw', self._images.append)
            subscription(self, 'camera/camera_info', self._know)

    def capture(self, pixel: tuple[float, float] | None = None) -> Capture:
        """Return where the arm stands from now on, and what the camera sees.

        Raises:
            ObservationError: If something does not come, or the arm moves.
        """
        self._drain()
        deadline = time.monotonic() + PATIENCE
        while missing := self._missing():
            if time.monotonic() > deadline:
                raise ObservationError(f'{missing} within {PATIENCE:.0f} s: `foresight doctor '
                                       '--live` says what to mend')
            self._spin_once(0.05)
        span = np.ptp(np.array(self._seen), axis=0)
        if span.max() > STILL:
            raise ObservationError('the arm moved: wait until it stands still, then capture')
        image = None
        if self.lens is not None:
            image = self.lens.straighten(image_array(self._images[-1]))
        return Capture(np.mean(self._seen, axis=0), image, pixel)

    def _drain(self) -> None:
        """Forget what came before."""
        end = time.monotonic() + STALE
        while time.monotonic() < end:
            self._spin_once(0.02)
        self._seen.clear()
        self._images.clear()

    def _missing(self) -> str:
        """Say what has not come since the call; empty if all is there."""
        if len(self._seen) < FRESH:
            return f'no joints on {self._names["joint_states"]}'
        if self._camera and self.lens is None:
            return f'nothing on {self._names["camera_info"]}'
        if self._camera and len(self._images) < FRESH:
            return f'no image on {self._names["image"]}'
        return ''

    def _feel(self, positions: Joints, velocities: Joints, stamp: float) -> None:
        del velocities, stamp
        self._seen.append(positions)

    def _know(self, message: CameraInfo) -> None:
        self.lens = Lens(message, self._rectified)
