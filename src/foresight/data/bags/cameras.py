"""Where the camera of a bag is: told by a topic, by the tree of frames, or carried by the arm."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from foresight.data.bags.contract import Contract
from foresight.data.frames import Frames
from foresight.data.messages import IDENTITY, Pose
from foresight.errors import ObservationError
from foresight.protocols import CameraView
from foresight.world_model.observation.rectification import image_from_plane, same_view

LinkPose = Callable[[str, Float[np.ndarray, ' joint']], Float[np.ndarray, '4 4']]
SAME = 1.0  # views whose corners are less apart are one camera that jitters [px]
TINY = 1e-9


@dataclass(frozen=True)
class Links:
    """The links of an arm, by which a camera is found that hangs on one of them.

    Attributes:
        names: Names of the links.
        pose: Returns `base_from_link` of a link at joint positions [rad].
    """

    names: frozenset[str] = frozenset()
    pose: LinkPose = lambda name, joints: IDENTITY


@dataclass(frozen=True)
class Mount:
    """A link of the arm, and where the camera is on it; a fixed one is on no link."""

    link: str
    link_from_camera: Pose

    def is_like(self, other: 'Mount') -> bool:
        """Tell whether another one says the same."""
        return self.link == other.link and np.array_equal(
            self.link_from_camera, other.link_from_camera)


def find_mount(frames: Frames, camera: str, contract: Contract, links: Links) -> Mount:
    """Find a camera in the tree of frames, or on the links of an arm that the tree lacks.

    Raises:
        ObservationError: If it is on neither.
    """
    frame = contract.camera_frame or camera
    try:
        return Mount('', frames.pose(contract.base_frame, frame))
    except ObservationError:
        known = {f'{prefix}{name}': name
                 for name in links.names for prefix in ('', contract.joint_prefix)}
        carried = frames.carried(frame, known)
        if carried is None:
            raise
        return Mount(known[carried[0]], carried[1])


def same_camera(view: CameraView, other: CameraView) -> bool:
    """Tell whether two cameras differ by less than a pixel at the corners of the picture."""
    if same_view(view, other):
        return True
    if (view.height, view.width) != (other.height, other.width):
        return False
    try:
        image_from_image = image_from_plane(other) @ np.linalg.inv(image_from_plane(view))
    except np.linalg.LinAlgError:  # a camera in the plane of the table
        return False
    across, down = float(view.width), float(view.height)
    corners = np.array([[x, y, 1.0] for x in (0.0, across) for y in (0.0, down)])
    rays = corners @ image_from_image.T
    if (np.abs(rays[:, 2]) < TINY).any():
        return False
    return bool(np.abs(rays[:, :2] / rays[:, 2:] - corners[:, :2]).max() < SAME)
