"""Footage: video to watch, without actions, at a slow even rate; the arm is painted over."""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from jaxtyping import Bool, Float, Int, UInt8

from foresight.data.episodes import Episode
from foresight.errors import DatasetError
from foresight.files import sha256, write_atomically
from foresight.protocols import CameraView

Rectify = Callable[[UInt8[np.ndarray, 'h w 3'], CameraView], UInt8[np.ndarray, 'row col 3']]
Hidden = Callable[[Float[np.ndarray, ' joint'], CameraView], Bool[np.ndarray, 'row col']]
ARM_MARGIN = np.ones((3, 3), np.uint8)  # Pixels around the arm: its pose is not exact.


@dataclass(frozen=True)
class Video:
    """One recording of one camera, opened frame by frame.

    Attributes:
        stamps: Time of each frame [s], rising.
        image: Returns the rectified frame of a place.
        hidden: Returns the pixels of it that show the arm; None where the joints are not known.
        empty: Rectified empty table.
    """

    stamps: Float[np.ndarray, ' frame']
    image: Callable[[int], UInt8[np.ndarray, 'row col 3']]
    hidden: Callable[[int], Bool[np.ndarray, 'row col'] | None]
    empty: UInt8[np.ndarray, 'row col 3']


@dataclass(frozen=True)
class Footage:
    """Frames of many clips, one after another.

    Attributes:
        frames: Rectified frames; what the arm hides shows the empty table.
        seen: Cells of the latent grid in which no pixel is hidden.
        clip: Clip of each frame; within a clip no moment is missing.
        backgrounds: Rectified empty table of each clip.
        seconds: Time watched, from the first to the last frame of every clip [s].
        digest: Hash of the frames.
    """

    frames: UInt8[np.ndarray, 'frame row col 3']
    seen: Bool[np.ndarray, 'frame height width']
    clip: Int[np.ndarray, ' frame']
    backgrounds: UInt8[np.ndarray, 'clip row col 3']
    seconds: float
    digest: str

    def starts(self, length: int) -> Int[np.ndarray, ' stretch']:
        """Return the first frame of every stretch of so many frames."""
        first = np.arange(max(0, len(self.clip) - length + 1))
        return np.asarray(first[self.clip[first] == self.clip[first + length - 1]])


def make_footage(
    videos: Iterable[Video], period: float, gap: float, stride: int, most: float = np.inf,
) -> Footage:
    """Watch videos at an even rate.

    Args:
        videos: What to watch.
        period: Time between two frames [s].
        gap: A longer time without a frame ends a clip [s].
        stride: Pixels a cell of the latent spans.
        most: Time after which enough is watched [s].

    Raises:
        DatasetError: If no clip has two frames.
    """
    clips: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []
    watched = 0.0
    for video in videos:
        for places in evenly(video.stamps, period, gap):
            clips.append(_watch(video, places, stride))
            watched += float(video.stamps[places[-1]] - video.stamps[places[0]])
        if watched >= most:
            break
    if not clips:
        raise DatasetError(
            f'no video goes on for {period} s without a gap of {gap} s: record more'
        )
    frames, seen, backgrounds = zip(*clips, strict=True)
    joined = np.concatenate(frames)
    return Footage(
        frames=joined, seen=np.concatenate(seen), backgrounds=np.stack(backgrounds),
        clip=np.repeat(np.arange(len(clips)), [len(part) for part in frames]), seconds=watched,
        digest=sha256(joined[::7].tobytes(), np.stack(backgrounds).tobytes()),
    )


def evenly(
    stamps: Float[np.ndarray, ' frame'], period: float, gap: float,
) -> Iterator[Int[np.ndarray, ' chosen']]:
    """Yield the places of frames a period apart, one array a stretch without a gap.

    Args:
        stamps: Time of each frame [s].
        period: Wanted time between two frames [s].
        gap: A longer step, or one backward, ends a stretch [s].
    """
    steps = np.diff(stamps)
    ends = np.flatnonzero((steps > gap) | (steps <= 0.0)) + 1
    for part in np.split(np.arange(len(stamps)), ends):
        times = stamps[part]
        if len(part) < 2 or times[-1] - times[0] < period:
            continue
        wanted = np.arange(times[0], times[-1] + 1e-9, period)
        after = np.clip(np.searchsorted(times, wanted), 1, len(times) - 1)
        nearer = wanted - times[after - 1] < times[after] - wanted
        yield part[np.where(nearer, after - 1, after)]


def video_of_play(episode: Episode, rectify: Rectify, hidden: Hidden) -> Video:
    """Watch an episode of collected play: frames alone, no pushes."""
    view = episode.view
    return Video(
        stamps=episode.frame_stamps, empty=rectify(episode.background, view),
        image=lambda place: rectify(episode.frames[place], view),
        hidden=lambda place: hidden(episode.joint_positions[place].astype(float), view),
    )


def save_footage(footage: Footage, folder: Path) -> None:
    """Write one `.npy` an array, so that training can map them into memory."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in _arrays():
        np.save(folder / f'{name}.npy', getattr(footage, name), allow_pickle=False)
    known = {'seconds': footage.seconds, 'digest': footage.digest}
    write_atomically(folder / 'footage.json', json.dumps(known) + '\n')


def load_footage(folder: Path) -> Footage:
    """Map kept footage into memory.

    Raises:
        DatasetError: If it is missing or incomplete.
    """
    try:
        arrays: dict[str, Any] = {
            name: np.load(folder / f'{name}.npy', mmap_mode='r', allow_pickle=False)
            for name in _arrays()
        }
        known = json.loads((folder / 'footage.json').read_text())
        return Footage(**arrays, seconds=float(known['seconds']), digest=str(known['digest']))
    except (OSError, ValueError, KeyError) as error:
        raise DatasetError(
            f'{folder}: no complete footage ({error}): delete it and run again'
        ) from error


def _arrays() -> list[str]:
    return [item.name for item in fields(Footage) if item.name not in ('seconds', 'digest')]


def _watch(
    video: Video, places: Int[np.ndarray, ' chosen'], stride: int,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Open the frames of one clip: (frames without the arm, cells seen, empty table)."""
    frames: list[np.ndarray] = []
    seen: list[np.ndarray] = []
    for place in places.tolist():
        frame, hidden = video.image(place).copy(), video.hidden(place)
        rows, columns = frame.shape[0] // stride, frame.shape[1] // stride
        if hidden is None:
            seen.append(np.ones((rows, columns), bool))
        else:
            covered = cv2.dilate(hidden.astype(np.uint8), ARM_MARGIN).astype(bool)
            frame[covered] = video.empty[covered]
            cells = covered.reshape(rows, stride, columns, stride)
            seen.append(np.asarray(~cells.any(axis=(1, 3))))
        frames.append(frame)
    return np.stack(frames), np.stack(seen), video.empty
