"""Batches of clips: stretches cut out around what moves, in an order that seed and step decide."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Bool, Float, Int, UInt8
from torch import Generator, Tensor

from foresight.data.clips import Clips
from foresight.errors import DatasetError
from foresight.learning.batches.actions import rows_of_step
from foresight.learning.batches.clutter import Clutter

ON_TABLE = 0.99  # Share of a cell.
SHORTEST, LONGEST = 2, 6  # frames
FIRST = 3  # Frame before which nothing is hidden.
SMALLEST = 3  # cells


@dataclass(frozen=True)
class ClipBatch:
    """Some stretches as tensors, and the same part of their empty scenes and of the scene map."""

    frames: UInt8[Tensor, 'clip frame row column 3']
    backgrounds: UInt8[Tensor, 'clip row column 3']
    scene: Float[Tensor, 'clip 2 height width']


class ClipSampler:
    """Draws stretches of clips; everything random is a function of seed and step."""

    def __init__(self, clips: Clips, scene: Float[Tensor, '2 height width'], stride: int,
                 crop: tuple[int, int], length: int, clutter: Clutter, seed: int) -> None:
        """Find what moves in each clip, on a latent grid of `stride` pixels a cell.

        A stretch has `length` frames, of which `crop` rows and columns [px] are cut out.

        Raises:
            DatasetError: If the clips are shorter than a stretch.
        """
        if clips.frames.shape[1] < length:
            raise DatasetError(
                f'clips of {clips.frames.shape[1]} frames, {length} are needed: lower frames'
            )
        self._clips, self._scene = clips, np.asarray(scene.cpu())
        self._stride, self._length, self._seed = stride, length, seed
        self._clutter = clutter
        self._table = np.kron(self._scene[0] >= ON_TABLE, np.ones((stride, stride), bool))
        self._size = tuple(
            min(wanted // stride, most) for wanted, most in zip(crop, scene.shape[1:])
        )
        self._middles = np.stack([moving_middle(frames, stride) for frames in clips.frames])

    def __call__(self, step: int, batch: int) -> ClipBatch:
        """Draw the stretches of one step."""
        generator = np.random.default_rng((self._seed, 7, step))
        rows = rows_of_step(len(self._clips), batch, self._seed, step)
        parts = [self._stretch(int(row), generator) for row in rows]
        return ClipBatch(*(
            torch.from_numpy(np.stack(column)) for column in zip(*parts, strict=True)
        ))

    def _stretch(self, row: int,
                 generator: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Cut a stretch out of one clip, and mirror it or not along both axes."""
        first = int(generator.integers(self._clips.frames.shape[1] - self._length + 1))
        wish = self._middles[row] + generator.uniform(-3.0, 3.0, 2) - np.array(self._size) / 2
        most = np.array(self._scene.shape[1:]) - self._size
        top, left = (int(value) for value in np.clip(np.round(wish), 0, most))
        cells = slice(top, top + self._size[0]), slice(left, left + self._size[1])
        pixels = tuple(
            slice(part.start * self._stride, part.stop * self._stride) for part in cells
        )
        frames = self._clips.frames[row, first:first + self._length, pixels[0], pixels[1]]
        background = self._clips.backgrounds[row][pixels]
        frames = self._clutter(frames, background, self._table[pixels], generator)
        scene = self._scene[:, cells[0], cells[1]]
        mirror = tuple(slice(None, None, int(turn)) for turn in generator.choice([-1, 1], 2))
        return frames[:, *mirror], background[mirror], scene[:, *mirror]


def moving_middle(frames: UInt8[np.ndarray, 'frame row column 3'],
                  stride: int) -> Float[np.ndarray, '2']:
    """Return where things move in a clip on average (row, column) [cells]."""
    some = frames[::3].astype(np.int16)
    energy = np.abs(np.diff(some, axis=0)).sum(axis=(0, 3)).astype(float)  # row column
    total = energy.sum()
    if total == 0.0:
        return np.array(energy.shape) / 2 / stride
    places: list[Int[np.ndarray, ' pixel']] = [np.arange(size) for size in energy.shape]
    along = [(energy.sum(axis=1 - axis) * places[axis]).sum() / total for axis in (0, 1)]
    return np.array(along) / stride


def blinks(shape: Sequence[int], share: float,
           generator: Generator) -> Bool[Tensor, 'clip frame height width']:
    """Draw what is hidden for a few frames in a `share` of clips.

    It must be remembered and moved on, as behind a board, but in every kind of clip. `shape` is
    clips, frames, rows and columns [cells].

    References:
        Bardes et al., V-JEPA, arXiv:2404.08471: masked blocks of a video, predicted in latents.
    """
    clips, frames, rows, columns = shape
    hidden = torch.zeros(clips, frames, rows, columns, dtype=torch.bool)
    for clip in torch.nonzero(torch.rand(clips, generator=generator) < share).flatten().tolist():
        last = _span(FIRST, frames, (SHORTEST, LONGEST), generator)
        hidden[(clip, last, *(
            _span(0, size, (SMALLEST, size), generator) for size in (rows, columns)
        ))] = True
    return hidden


def _span(first: int, end: int, sizes: tuple[int, int], generator: Generator) -> slice:
    """Draw a stretch between `first` and `end`, as long as fits if that is too short."""
    low, high = (min(size, end - first) for size in sizes)
    size = int(torch.randint(low, high + 1, (), generator=generator))
    start = int(torch.randint(first, end - size + 1, (), generator=generator))
    return slice(start, start + size)
