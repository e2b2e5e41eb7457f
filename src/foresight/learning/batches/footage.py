"""Batches of footage: stretches of video in an order that seed and step decide."""

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Bool, Float, Int, UInt8
from torch import Tensor

from foresight.data.footage import Footage
from foresight.errors import DatasetError
from foresight.learning.batches.pushes import held_out, rows_of_step

MIRRORS = 11  # Random stream of a seed, apart from that of the order.


@dataclass(frozen=True)
class Stretches:
    """Some stretches of video as tensors.

    Attributes:
        frames: Rectified frames; what the arm hides shows the empty table.
        backgrounds: Empty table of each.
        seen: Where the arm hides nothing.
        scene: Scene map of each.
        clip: Clip of each.
    """

    frames: UInt8[Tensor, 'batch frame row column 3']
    backgrounds: UInt8[Tensor, 'batch row column 3']
    seen: Bool[Tensor, 'batch frame height width']
    scene: Float[Tensor, 'batch 2 height width']
    clip: Int[Tensor, ' batch']


class FootageSampler:
    """Draws stretches; every clip is either learned from or held out."""

    def __init__(
        self, footage: Footage, scene: Float[Tensor, '2 height width'], length: int,
        holdout: float, seed: int,
    ) -> None:
        """Find the stretches.

        Args:
            footage: Video.
            scene: Scene map.
            length: Frames of a stretch.
            holdout: Share of the clips to hold out.
            seed: Seed of all draws.

        Raises:
            DatasetError: If there is no stretch so long to learn from.
        """
        starts = footage.starts(length)
        apart = held_out(len(footage.backgrounds), holdout)
        held = np.isin(footage.clip[starts], apart)
        self._footage, self._scene, self._length, self._seed = footage, scene, length, seed
        self.kept, self.held = starts[~held], starts[held]
        if not len(self.kept):
            raise DatasetError(
                f'no video goes on for {length} frames without a gap: watch more, or lower '
                'context, windows or period'
            )

    def draw(self, step: int, batch: int) -> Stretches:
        """Draw the stretches of one step, mirrored along either axis, both or none.

        Raises:
            DatasetError: If there are fewer than one batch.
        """
        rows = rows_of_step(len(self.kept), batch, self._seed, step)
        drawn = self.take(self.kept[rows])
        turns = np.random.default_rng((self._seed, MIRRORS, step)).random((2, batch)) < 0.5
        for axis, chosen in enumerate(torch.from_numpy(turns)):
            drawn = _mirrored(drawn, chosen, axis)
        return drawn

    def take(self, starts: Int[np.ndarray, ' batch']) -> Stretches:
        """Copy the stretches that begin at some frames."""
        order = np.argsort(starts)  # Read from disk in order.
        rows = starts[order][:, None] + np.arange(self._length)
        clip = self._footage.clip[starts[order]]
        back = np.argsort(order)
        arrays = (self._footage.frames[rows], self._footage.backgrounds[clip],
                  self._footage.seen[rows])
        frames, backgrounds, seen = (torch.from_numpy(np.asarray(item)[back]) for item in arrays)
        scene = self._scene.cpu().expand(len(starts), -1, -1, -1)
        return Stretches(frames, backgrounds, seen, scene, torch.from_numpy(clip[back]))


def _mirrored(drawn: Stretches, chosen: Bool[Tensor, ' batch'], axis: int) -> Stretches:
    """Mirror the chosen stretches along the rows (0) or the columns (1) of their images."""
    def turn(values: Tensor, dim: int) -> Tensor:
        values = values.clone()
        values[chosen] = values[chosen].flip(dim + axis)
        return values

    return Stretches(
        turn(drawn.frames, 2), turn(drawn.backgrounds, 1), turn(drawn.seen, 2),
        turn(drawn.scene, 2), drawn.clip,
    )
