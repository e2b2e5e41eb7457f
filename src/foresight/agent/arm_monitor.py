"""Tells what of an image the arm hides, from joint states and the camera."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float

from foresight.protocols import CameraView
from foresight.robots.arm import ArmModel
from foresight.robots.joint_history import JointHistory
from foresight.robots.retract_monitor import RetractMonitor
from foresight.robots.status import Status
from foresight.world_model.observation.occlusion import ArmOcclusion

Joints = Float[np.ndarray, ' joint']


@dataclass(frozen=True)
class Sight:
    """What is known of the arm in one image.

    Attributes:
        status: OK if the image can be used.
        reason: Why not.
        clear: Whether the arm was at its retract pose, out of the picture.
        early: Whether the joints of that time have not come yet.
        hidden: Pixels of the rectified image that show the arm; None if it is out.
    """

    status: Status
    reason: str = ''
    clear: bool = False
    early: bool = False
    hidden: Bool[np.ndarray, 'row column'] | None = None


class ArmMonitor:
    """Follows joints and camera.

    Attributes:
        view: Camera of the images; None until it is known.
    """

    def __init__(self, arm: ArmModel, delay: float, occlusion: ArmOcclusion | None) -> None:
        """Wait for the first joint state.

        Args:
            arm: The arm.
            delay: The view counts as free this long after the arm came to rest at retract [s].
            occlusion: What draws the arm; without it only a free view can be used.
        """
        self.view: CameraView | None = None
        self._arm, self._delay, self._occlusion = arm, delay, occlusion
        self._retract = RetractMonitor(np.array(arm.retract), delay)
        self._history, self._said = JointHistory(), ''

    def update(self, positions: Joints, velocities: Joints, stamp: float) -> Float[
        np.ndarray, '4 4'
    ]:
        """Take joint states of time `stamp` [s] and return the pose of the tool.

        Raises:
            RobotError: If they are not finite; the arm then counts as away.
        """
        self._retract.update(positions, velocities, stamp)
        self._history.add(positions, stamp)
        return self._arm.tool_pose(positions)

    def was_away_since(self, stamp: float) -> bool:
        """Return whether the arm has left its retract pose after time `stamp` [s]."""
        return self._retract.was_away_since(stamp)

    def look(self, stamp: float) -> Sight:
        """Tell what of an image of time `stamp` [s] the arm hides.

        Raises:
            ObservationError: If the camera does not see the rectified view.
        """
        if self._retract.stamp < stamp - self._delay:
            # The same words while joints come too early: a log of every stamp helps nobody.
            doubt = self._said or self._retract.doubt(stamp)
            self._said = doubt if np.isfinite(self._retract.stamp) else ''
            return Sight(Status.STALE_JOINTS, doubt, early=True)
        self._said = ''
        if self._retract.is_clear(stamp):
            return Sight(Status.OK, clear=True)
        if self._retract.stamp < stamp:
            return Sight(Status.OK, early=True)
        positions = self._history.at(stamp)
        if self._occlusion is None or self.view is None or positions is None:
            return Sight(Status.IDLE, 'the arm is in the picture')
        return Sight(Status.OK, hidden=self._occlusion.hidden(positions, self.view))
