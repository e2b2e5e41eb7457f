"""Clutter: boards over and planks under what moves, painted into clips.

A possible motion stays possible under a board or on a plank. Few clips show either; painted in,
every clip may ask what has vanished to be remembered, and what lies on something to be seen.

References:
    Zhong et al., Random erasing data augmentation, arXiv:1708.04896, here the same in all frames.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Int, UInt8

BOARD, PLANK = (8, 16), (14, 40)  # px, least and largest side
THING = 12  # Grey levels by which a thing differs from the empty scene.
MOTION = 24  # Grey levels by which a moving thing changes a pixel from frame to frame.
GRAIN = 3.0  # Grey levels of noise on what is painted.

Frames = UInt8[np.ndarray, 'frame row column 3']
Picture = UInt8[np.ndarray, 'row column 3']
Mask = Bool[np.ndarray, 'row column']


@dataclass(frozen=True)
class Clutter:
    """Paints a board over a place where something moves, or a plank under one.

    `boards` and `planks` are the shares of the stretches; motion counts from frame `first` on.
    """

    boards: float
    planks: float
    first: int

    def __call__(self, frames: Frames, background: Picture, table: Mask,
                 generator: np.random.Generator) -> Frames:
        """Paint a board, a plank (on the table alone) or nothing into a stretch."""
        draw = generator.random()
        place = moving_pixel(frames, self.first, generator)
        if draw >= self.boards + self.planks or place is None:
            return frames
        if draw < self.boards:
            return painted(frames, np.ones_like(frames[..., 0], bool), place, BOARD, generator)
        free = table & ~things(frames, background)
        return painted(frames, free, place, PLANK, generator)


def painted(
    frames: Frames, where: Bool[np.ndarray, 'frame row column'], place: Int[np.ndarray, '2'],
    sides: tuple[int, int], generator: np.random.Generator,
) -> Frames:
    """Paint a rectangle of one colour around a pixel (row, column), but only `where` it may be."""
    area = _around(place, sides, frames.shape[1:3], generator)
    result, part = frames.copy(), (slice(None), *area)
    paint = _board(frames[0][area].shape, generator)
    result[part] = np.where(where[part][..., None], paint, frames[part])
    return result


def moving_pixel(frames: Frames, first: int,
                 generator: np.random.Generator) -> Int[np.ndarray, '2'] | None:
    """Draw a pixel (row, column) that something reaches or leaves; None where nothing moves."""
    seen = frames[first:].astype(np.int16)
    frame, *places = np.nonzero(np.abs(np.diff(seen, axis=0)).max(axis=3) > MOTION)
    if not len(frame):
        return None
    moment = generator.choice(np.unique(frame))
    chosen = generator.choice(np.flatnonzero(frame == moment))
    return np.array([axis[chosen] for axis in places])


def things(frames: Frames, background: Picture) -> Bool[np.ndarray, 'frame row column']:
    """Find the pixels of things."""
    apart = np.abs(frames.astype(np.int16) - background.astype(np.int16)).max(axis=3)
    return np.asarray(apart > THING)


def _around(place: Int[np.ndarray, '2'], sides: tuple[int, int], size: tuple[int, ...],
            generator: np.random.Generator) -> tuple[slice, slice]:
    """Draw a rectangle that covers a pixel."""
    area = []
    for middle, most in zip(place.tolist(), size, strict=True):
        side = int(generator.integers(sides[0], sides[1] + 1))
        low = middle - int(generator.integers(side))
        area.append(slice(max(0, low), min(most, low + side)))
    return area[0], area[1]


def _board(shape: tuple[int, ...], generator: np.random.Generator) -> Picture:
    """Paint a board of one colour with a little grain."""
    grain = generator.normal(0.0, GRAIN, shape)
    return np.clip(generator.uniform(0.0, 255.0, 3) + grain, 0.0, 255.0).astype(np.uint8)
