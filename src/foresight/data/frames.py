"""The tree of frames that `/tf` and `/tf_static` tell of: where a camera stands."""

from collections.abc import Iterable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np

from foresight.data.messages import Pose, pose_array
from foresight.errors import ObservationError

MOVED = 2e-3  # a frame that was elsewhere by more moves [m], axes [rad]


@dataclass(frozen=True)
class _Link:
    """Where a frame is in its parent."""

    parent: str
    pose: Pose
    first: Pose
    fixed: bool

    @property
    def moves(self) -> bool:
        return not self.fixed and bool(np.abs(self.pose - self.first).max() > MOVED)


class Frames:
    """Keeps the newest of each transform; of a fixed one the newest counts as well."""

    def __init__(self) -> None:
        """Know no frame."""
        self._links: dict[str, _Link] = {}

    def update(self, message: Any, fixed: bool) -> None:
        """Take a `tf2_msgs/TFMessage`; `fixed` if it came by `/tf_static`.

        Raises:
            ObservationError: If a transform is no pose.
        """
        for each in message.transforms:
            child, parent = each.child_frame_id.lstrip('/'), each.header.frame_id.lstrip('/')
            before = self._links.get(child)
            if before is not None and before.fixed and not fixed:
                continue  # a driver may repeat it for those who do not know /tf_static
            pose = pose_array(SimpleNamespace(
                position=each.transform.translation, orientation=each.transform.rotation))
            first = pose if before is None or fixed or before.parent != parent else before.first
            self._links[child] = _Link(parent, pose, first, fixed)

    def pose(self, base: str, frame: str) -> Pose:
        """Return `base_from_frame` of a frame that stands still.

        Raises:
            ObservationError: If the two are not connected, or something between them moves.
        """
        up, down = self._way(frame), self._way(base)
        common = next((name for name in up if name in down), None)
        if common is None:
            raise ObservationError(
                f'{frame} and {base} are not connected in /tf and /tf_static ({frame} hangs on '
                f'{list(up)[-1]}, {base} on {list(down)[-1]}): publish the transform between them '
                'by static_transform_publisher'
            )
        self._refuse_motion(up, common)
        self._refuse_motion(down, common)
        return np.asarray(np.linalg.inv(down[common]) @ up[common])

    def carried(self, frame: str, links: Iterable[str]) -> tuple[str, Pose] | None:
        """Return the first of some links that a frame hangs on, and where it is on that one.

        Raises:
            ObservationError: If something between them moves.
        """
        way, known = self._way(frame), set(links)
        link = next((name for name in way if name in known), None)
        if link is None:
            return None
        self._refuse_motion(way, link)
        return link, way[link]

    def _way(self, frame: str) -> dict[str, Pose]:
        """Return the frames from one to the root, each with where the first is in it."""
        pose, way = np.eye(4), {frame: np.eye(4)}
        while frame in self._links:
            link = self._links[frame]
            frame, pose = link.parent, link.pose @ pose
            if frame in way:
                raise ObservationError(f'{frame} is its own parent in /tf: one publishes it wrong')
            way[frame] = pose
        return way

    def _refuse_motion(self, way: dict[str, Pose], end: str) -> None:
        for name in way:
            if name == end:
                return
            if self._links[name].moves:
                raise ObservationError(
                    f'{name} moves in {self._links[name].parent}: a camera that moves is not '
                    'supported; mount it beside the table'
                )
