"""Blinks: patches of a clip that the predictor does not get to see for a few frames.

What is hidden must be remembered and moved on, as behind a board, but in every kind of clip.

References:
    Bardes et al., V-JEPA, arXiv:2404.08471: masked blocks of a video, predicted in latent space.
"""

from collections.abc import Sequence

import torch
from jaxtyping import Bool
from torch import Generator, Tensor

SHORTEST, LONGEST = 2, 6  # frames
FIRST = 3  # Frame before which nothing is hidden.
SMALLEST = 3  # cells


def blinks(
    shape: Sequence[int], share: float, generator: Generator,
) -> Bool[Tensor, 'clip frame height width']:
    """Draw what is hidden in a `share` of clips, whose `shape` is clips, frames, rows, columns."""
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
