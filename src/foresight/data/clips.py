"""Clips: short stretches of rectified frames at the camera rate, without actions."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Int, Shaped, UInt8

from foresight.data.episodes import Episode, Rectify, load_episode
from foresight.errors import DatasetError


@dataclass(frozen=True)
class Clips:
    """What was seen at 10 Hz, rectified, and the empty scene of each clip; never what was done."""

    frames: UInt8[np.ndarray, 'clip frame row col 3']
    backgrounds: UInt8[np.ndarray, 'clip row col 3']

    def __len__(self) -> int:
        """Return the number of clips."""
        return len(self.frames)


@dataclass(frozen=True)
class ClipPairs:
    """Matched clips of one category: possible clip i and impossible clip i begin alike.

    Attributes:
        events: First frame in which the clips of a pair may differ.
        groups: Pairs made of the same simulated states have the same number.
    """

    possible: UInt8[np.ndarray, 'pair frame row col 3']
    impossible: UInt8[np.ndarray, 'pair frame row col 3']
    backgrounds: UInt8[np.ndarray, 'pair row col 3']
    events: Int[np.ndarray, ' pair']
    variants: Shaped[np.ndarray, ' pair']
    groups: Int[np.ndarray, ' pair']

    def __len__(self) -> int:
        """Return the number of pairs."""
        return len(self.events)


def joined(parts: Sequence[Clips]) -> Clips:
    """Put sets of clips of the same length behind one another."""
    return Clips(
        np.concatenate([part.frames for part in parts]),
        np.concatenate([part.backgrounds for part in parts]),
    )


def clips_of_play(folder: Path, rectify: Rectify, count: int, length: int) -> Clips:
    """Cut `count` clips out of episodes: one in the middle of each of the first actions.

    Raises:
        DatasetError: If the episodes hold too few actions of `length` frames.
    """
    frames: list[np.ndarray] = []
    backgrounds: list[np.ndarray] = []
    for path in sorted(folder.glob('episode_*.npz')):
        if len(frames) >= count:
            break
        episode = load_episode(path)
        empty = rectify(episode.background, episode.view)
        for start in _starts(episode, length):
            shots = (episode.frames[index] for index in range(start, start + length))
            frames.append(np.stack([rectify(shot, episode.view) for shot in shots]))
            backgrounds.append(empty)
    if len(frames) < count:
        raise DatasetError(
            f'{folder} holds {len(frames)} clips of {length} frames, {count} are wanted: '
            'collect more, with frames'
        )
    shape = (0, length, 1, 1, 3)
    kept = np.stack(frames[:count]) if count else np.zeros(shape, np.uint8)
    return Clips(kept, np.array(backgrounds[:count], np.uint8))


def _starts(episode: Episode, length: int) -> Iterator[int]:
    """Return the first frame of the middle stretch of each action that is long enough."""
    for action in np.unique(episode.frame_actions):
        rows = np.flatnonzero(episode.frame_actions == action)
        if len(rows) >= length:
            yield int(rows[(len(rows) - length) // 2])
