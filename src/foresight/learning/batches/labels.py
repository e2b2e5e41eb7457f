"""Labelled images: the few whose true objects the cost head may see."""

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Bool
from torch import Tensor

from foresight.data.transitions import Transitions
from foresight.errors import DatasetError
from foresight.learning.batches.actions import Batch, take

CHOICE, ORDER = 1, 2  # Random streams of a seed, apart from that of the batches.


@dataclass(frozen=True)
class LabelledBatch:
    """Actions of which the image before or after is labelled, as the masks say.

    Labels of images that are not labelled must not be read.
    """

    batch: Batch
    before: Bool[Tensor, ' batch']
    after: Bool[Tensor, ' batch']

    @property
    def maps(self) -> Bool[Tensor, ' map']:
        """Which of the latents before, after and predicted have a label."""
        return torch.cat([self.before, self.after, self.after])


def all_labelled(batch: Batch) -> LabelledBatch:
    """Take every image of a batch as labelled."""
    known = torch.ones(len(batch.actions), dtype=torch.bool, device=batch.actions.device)
    return LabelledBatch(batch, known, known)


class LabelledImages:
    """A fixed random choice of labelled images; a larger choice contains a smaller one."""

    def __init__(self, transitions: Transitions, count: int, seed: int) -> None:
        """Choose the images.

        Raises:
            DatasetError: If there are fewer images.
        """
        before = np.asarray(transitions.before_index)
        images = np.unique(np.concatenate([before, before + 1]))
        if count > len(images):
            raise DatasetError(
                f'labels = {count}: there are only {len(images)} images to train on'
            )
        chosen = np.random.default_rng((seed, CHOICE)).permutation(images)[:count]
        self._transitions, self._seed = transitions, seed
        self._before, self._after = np.isin(before, chosen), np.isin(before + 1, chosen)
        self._rows = np.flatnonzero(self._before | self._after)

    def draw(self, size: int, step: int, device: torch.device) -> LabelledBatch:
        """Draw actions beside labelled images, with replacement: there may be fewer than `size`.

        The draw is a function of seed and step, and leaves that of the other actions alone.
        """
        generator = np.random.default_rng((self._seed, ORDER, step))
        rows = generator.choice(self._rows, size)
        known = (torch.from_numpy(side[rows]).to(device) for side in (self._before, self._after))
        return LabelledBatch(take(self._transitions, rows, device), *known)
