"""Episode files: what one episode of play left behind, one `.npz` an episode.

`docs/data.md` lists every array. Images are compressed (stills as PNG, frames as JPEG) and
concatenated; nothing is pickled.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from jaxtyping import Bool, Float, Int, UInt8

from foresight.arrays import Read, fitting, reading
from foresight.errors import DatasetError
from foresight.files import writing
from foresight.macro_action import ActionConfig
from foresight.pictures import unpack
from foresight.protocols import CameraView
from foresight.reading import parse_json
from foresight.settings import SceneConfig, changed

JPEG_QUALITY = 92
Rectify = Callable[[UInt8[np.ndarray, 'h w 3'], CameraView], UInt8[np.ndarray, 'row col 3']]
WHOLE = 'episode', 'delete it and collect again'
"""What a file of arrays should hold, and what to do if it does not."""


@dataclass(frozen=True)
class Images:
    """A list of images, kept compressed one after another until asked for.

    Attributes:
        offsets: First byte of each image and the end of the last, shape (count + 1,).
        where: What they belong to, for the error if one is damaged.
    """

    data: UInt8[np.ndarray, ' byte']
    offsets: Int[np.ndarray, ' count_plus_1']
    where: str = 'episode'

    @classmethod
    def encode(cls, images: Sequence[UInt8[np.ndarray, 'h w 3']], extension: str) -> 'Images':
        """Compress RGB images as `.png` (lossless) or `.jpg`."""
        flags = [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY] if extension == '.jpg' else []
        chunks = [cv2.imencode(extension, image[..., ::-1], flags)[1] for image in images]
        offsets = np.cumsum([0, *(len(chunk) for chunk in chunks)])
        return cls(np.concatenate([*chunks, np.zeros(0, np.uint8)]), offsets)

    def __len__(self) -> int:
        """Return the number of images."""
        return len(self.offsets) - 1

    def __getitem__(self, index: int) -> UInt8[np.ndarray, 'h w 3']:
        """Decode one RGB image."""
        try:
            return unpack(self.data[self.offsets[index] : self.offsets[index + 1]].tobytes())
        except ValueError as error:
            raise DatasetError(
                f'{self.where}: image {index} does not decode ({error}): collect it again'
            ) from error


@dataclass(frozen=True)
class Episode:
    """One episode of play: N actions, N + 1 stills, M frames, K objects.

    Attributes:
        meta: Seed, versions, object names, kind of macro-action, scene and mixture of the episode.
        view: Camera of every image.
        stills: Images with the arm at its retract pose, before each action and after the last.
        actions: Numbers of the macro-actions, in `base_link`.
        aimed: Whether an action was aimed at something in the image.
        objects: True object positions in `base_link` [m] at each still. Labels only.
        statuses: 1 on the table, 2 on the floor, 3 in the bin. Labels only.
        frames: Images at the camera rate while the arm moves.
        frame_actions: Index of the action of each frame.
        frame_stamps: Simulated time of each frame [s].
        joint_positions: Joints at each frame [rad].
        tool_poses: `base_from_tool` at each frame.
        seconds: Simulated time of the whole episode, resets and rejected actions included [s].
    """

    meta: dict[str, Any]
    view: CameraView
    background: UInt8[np.ndarray, 'h w 3']
    stills: Images
    actions: Float[np.ndarray, 'batch number']
    aimed: Bool[np.ndarray, ' batch']
    objects: Float[np.ndarray, 'still object 3']
    statuses: Int[np.ndarray, 'still object']
    frames: Images
    frame_actions: Int[np.ndarray, ' frame']
    frame_stamps: Float[np.ndarray, ' frame']
    joint_positions: Float[np.ndarray, 'frame joint']
    tool_poses: Float[np.ndarray, 'frame 4 4']
    seconds: float

    @property
    def kind(self) -> str:
        """Kind of its macro-actions."""
        return str(self.meta.get('kind', ActionConfig().kind))

    @property
    def scene(self) -> SceneConfig | None:
        """Its table, bins and view; None if they are those of the whole folder."""
        known = self.meta.get('scene')
        return changed(SceneConfig(), known, 'episode: scene') if known else None


def save_episode(episode: Episode, path: Path) -> None:
    """Write an episode whole or not at all.

    Raises:
        FileError: If the disk is full or the folder cannot be written.
    """
    with writing(path) as file:
        np.savez(file, **_arrays(episode))


def load_episode(path: Path) -> Episode:
    """Read an episode.

    Raises:
        DatasetError: If the file is missing, cut short or not an episode.
    """
    with reading(path, *WHOLE) as read:
        return _checked(_episode(read, str(path)))


def episode_seconds(path: Path) -> float:
    """Read only how much simulated time an episode took [s].

    Raises:
        DatasetError: If the file is missing, cut short or not an episode.
    """
    with reading(path, *WHOLE) as read:
        return float(read('seconds'))


def meta_of(read: Read) -> dict[str, Any]:
    """Return what an episode says of itself.

    Raises:
        ValueError: If it says something else.
    """
    meta = parse_json(str(read('meta')))
    if not isinstance(meta, dict):
        raise ValueError(f'meta = {meta!r}')
    return meta


def _arrays(episode: Episode) -> dict[str, Any]:
    """Flatten an episode into named arrays."""
    return {
        'meta': np.array(json.dumps(episode.meta)),
        'camera_matrix': episode.view.matrix,
        'base_from_camera': episode.view.base_from_camera,
        'background': episode.background,
        'still_data': episode.stills.data, 'still_offsets': episode.stills.offsets,
        'actions': episode.actions.astype(np.float32), 'aimed': episode.aimed,
        'objects': episode.objects.astype(np.float32),
        'statuses': episode.statuses.astype(np.int8),
        'frame_data': episode.frames.data, 'frame_offsets': episode.frames.offsets,
        'frame_actions': episode.frame_actions.astype(np.int16),
        'frame_stamps': episode.frame_stamps,
        'joint_positions': episode.joint_positions.astype(np.float32),
        'tool_poses': episode.tool_poses.astype(np.float32),
        'seconds': np.array(episode.seconds),
    }


def _checked(episode: Episode) -> Episode:
    """Return an episode whose parts belong together.

    Raises:
        ValueError: If they do not.
    """
    for images in (episode.stills, episode.frames):
        if len(images) < 0 or images.offsets[0] < 0 or (np.diff(images.offsets) < 0).any():
            raise ValueError('images that follow one another backwards')
    actions, stills = len(episode.actions), len(episode.stills)
    if (actions and actions >= stills) or len(episode.objects) != stills:
        raise ValueError(f'{actions} actions with {stills} images')
    if len(episode.frames) != len(episode.frame_stamps):
        raise ValueError(f'{len(episode.frames)} frames')
    if not (np.isfinite(episode.actions).all() and np.isfinite(episode.seconds)):
        raise ValueError('a number that is not finite')
    _ = episode.kind, episode.scene
    return fitting(episode)


def _episode(read: Read, where: str) -> Episode:
    """Build an episode from named arrays."""
    background = read('background')
    height, width = background.shape[:2]
    return Episode(
        meta=meta_of(read),
        view=CameraView(read('camera_matrix'), read('base_from_camera'), width, height),
        background=background,
        stills=Images(read('still_data'), read('still_offsets'), where),
        frames=Images(read('frame_data'), read('frame_offsets'), where),
        seconds=float(read('seconds')),
        **{name: read(name) for name in (
            'actions', 'aimed', 'objects', 'statuses', 'frame_actions', 'frame_stamps',
            'joint_positions', 'tool_poses',
        )},
    )
