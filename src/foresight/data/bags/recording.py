"""A bag as it was understood: what the camera saw, where the arm was, what it was to do."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Float, Int, UInt8

from foresight.data.camera import Lens
from foresight.protocols import CameraView


@dataclass(frozen=True)
class Joints:
    """Measured joints in the order of the robot: when [s], where [rad], how fast [rad/s]."""

    stamps: Float[np.ndarray, ' state']
    positions: Float[np.ndarray, 'state joint']
    velocities: Float[np.ndarray, 'state joint']


@dataclass(frozen=True)
class Recording:
    """One bag, by the times of its messages; its images stay in it until they are asked for.

    Attributes:
        name: Folder of the bag.
        stamps: Time of each image [s].
        recorded: When each was recorded, by which it is found again [ns].
        lenses: What makes each that of a pinhole camera.
        views: Camera of each image.
        empty: Which of `empties` belongs to each image.
        empties: Rectified images of the empty table; none if the bag has none.
        joints: Measured joints; None if the bag has none.
        action_stamps: Time of the image that each action was chosen from [s].
        actions: Tool poses in `base_link` that tell each action.
        stopped: Times at which an e-stop was set [s].
        lag: How much longer after its stamp an image was recorded than a joint state [s].
        left_out: Images that could not be used, by reason.
        remarks: What was done to the stamps, and what of the files is lost.
    """

    name: Path
    stamps: Float[np.ndarray, ' image']
    recorded: Int[np.ndarray, ' image']
    lenses: tuple[Lens, ...]
    views: tuple[CameraView, ...]
    empty: Int[np.ndarray, ' image']
    empties: tuple[UInt8[np.ndarray, 'row col 3'], ...]
    joints: Joints | None
    kind: str
    action_stamps: Float[np.ndarray, ' action']
    actions: tuple[Float[np.ndarray, 'pose 4 4'], ...]
    stopped: Float[np.ndarray, ' stop']
    lag: float
    left_out: Counter[str]
    remarks: tuple[str, ...] = ()

    @property
    def seconds(self) -> float:
        """Time from the first image to the last [s]."""
        return float(self.stamps[-1] - self.stamps[0])
