"""The camera of a bag while it is read: which lens and where, for each image."""

from collections.abc import Callable
from typing import Any

import numpy as np

from foresight.data.bags.cameras import Links, Mount, find_mount, same_camera
from foresight.data.bags.contract import INFO, JOINTS, POSE, TF, TF_STATIC
from foresight.data.bags.recording import Joints
from foresight.data.bags.stills import as_told
from foresight.data.bags.storage import OpenBag, Recorded
from foresight.data.bags.video import is_packet
from foresight.data.camera import Lens, LensConfig, renewed, stamped_pose
from foresight.data.episodes import Rectify
from foresight.data.frames import Frames
from foresight.data.images import image_array, image_size
from foresight.data.messages import Pose
from foresight.errors import DatasetError, ObservationError
from foresight.protocols import CameraView

EARLY, BROKEN = 'image before camera_info or camera/pose', 'image that cannot be read'


class Sight:
    """Joins images with the newest camera; of a new camera the first image is looked at.

    Attributes:
        lenses: Lens of each image.
        objection: Why the first image that cannot be used cannot.
    """

    def __init__(self, bag: OpenBag, rectify: Rectify, table_from_base: Pose, camera: LensConfig,
                 links: Links) -> None:
        """Know no camera."""
        self.lenses: list[Lens] = []
        self.objection = ''
        self._bag, self._contract, self._rectify = bag.bag, bag.contract, rectify
        self._table_from_base, self._camera, self._links = table_from_base, camera, links
        self._info: Any = None
        self._told: Any = None
        self._fixed, self._moves, self._frames = False, 0, Frames()
        self._lens: Lens | None = None
        self._mounts: list[Mount] = []
        self._mount: tuple[tuple[Any, str], Mount] | None = None
        self._checked: CameraView | None = None
        self._size: tuple[int, int] | None = None
        self.handlers: dict[str, Callable[[Recorded], None]] = {
            INFO: self._on_info, POSE: self._on_pose, TF: self._on_frames,
            TF_STATIC: self._on_frames,
        }

    def see(self, recorded: Recorded) -> str:
        """Note an image; return why it cannot be used, empty if it can.

        Raises:
            DatasetError: If it is of another size than those before.
            ObservationError: If the camera cannot be used.
        """
        mount = None if self._info is None else self._mounted()
        if mount is None:
            return EARLY
        self._lens = renewed(self._lens, self._info, self._camera.is_rectified(recorded.topic))
        message = as_told(recorded.message, self._contract)
        view = self._new_view(self._lens, mount)
        try:
            self._check_size(message)
            image = None if view is None or is_packet(message) else image_array(message)
        except ObservationError as error:
            self.objection = self.objection or str(error)
            return BROKEN
        if image is not None and view is not None:
            self._rectify(self._lens.straighten(image), view)
            self._checked = view
        self.lenses.append(self._lens)
        self._mounts.append(mount)
        return ''

    def views(self, stamps: np.ndarray, joints: Joints | None) -> list[CameraView]:
        """Return the camera of each image, one object a camera."""
        views: list[CameraView] = []
        for place, (lens, mount) in enumerate(zip(self.lenses, self._mounts, strict=True)):
            same = place and lens is self.lenses[place - 1] and mount is self._mounts[place - 1]
            if same and not mount.link:
                views.append(views[-1])
                continue
            view = lens.view(self._table_from_base @ self._pose(mount, stamps[place], joints))
            views.append(views[-1] if views and same_camera(view, views[-1]) else view)
        return views

    def _pose(self, mount: Mount, stamp: float, joints: Joints | None) -> Pose:
        """Return where the camera was in the arm's base at one time."""
        if not mount.link:
            return mount.link_from_camera
        if joints is None:
            raise DatasetError(f'{self._bag}: the camera is on {mount.link} of the arm: record '
                               f'{JOINTS} too')
        where = np.array([np.interp(stamp, joints.stamps, each) for each in joints.positions.T])
        return np.asarray(self._links.pose(mount.link, where) @ mount.link_from_camera)

    def _check_size(self, message: Any) -> None:
        """Refuse images of several sizes."""
        if is_packet(message) and not hasattr(message, 'pts'):
            return  # it does not tell
        size = (message.height, message.width) if is_packet(message) else image_size(message)
        self._size = self._size or size
        if size != self._size:
            raise DatasetError(
                f'{self._bag}: {self._contract.image} has images of {self._size[1]} x '
                f'{self._size[0]} and of {size[1]} x {size[0]} pixels: record one camera at one '
                'size a bag'
            )

    def _new_view(self, lens: Lens, mount: Mount) -> CameraView | None:
        """Return the view of a camera that stands still, if it is another than before."""
        if mount.link or self._mounts and mount is self._mounts[-1] and lens is self.lenses[-1]:
            return None
        view = lens.view(self._table_from_base @ mount.link_from_camera)
        known = self._checked is not None and same_camera(view, self._checked)
        return None if known else view

    def _mounted(self) -> Mount | None:
        """Return where the camera is; None before it is told."""
        told, camera = self._told, self._info.header.frame_id.lstrip('/')
        key = (told, camera) if told is not None else (self._moves, camera)
        if self._mount is not None and self._mount[0] == key:
            return self._mount[1]
        if told is None and not self._fixed:
            return None
        mount = find_mount(self._frames, camera, self._contract, self._links) if told is None \
            else Mount('', stamped_pose(told, self._contract.base_frame))
        if self._mount is not None and mount.is_like(self._mount[1]):
            mount = self._mount[1]
        self._mount = key, mount
        return mount

    def _on_frames(self, recorded: Recorded) -> None:
        self._moves, self._fixed = self._moves + 1, self._fixed or recorded.name == TF_STATIC
        self._frames.update(recorded.message, recorded.name == TF_STATIC)

    def _on_info(self, recorded: Recorded) -> None:
        self._info = recorded.message

    def _on_pose(self, recorded: Recorded) -> None:
        self._told = recorded.message
