"""Usual image: what stands for the empty table where there is no table."""

import torch
from jaxtyping import UInt8
from torch import Tensor, nn


class UsualImage(nn.Module):
    """What an environment shows most of the time, kept in a checkpoint.

    The encoder sees an image as its difference to this one. It is the same for every image, so
    that nothing of an image is lost, and the cells that differ from it are those that matter.
    """

    def __init__(self, image: UInt8[Tensor, 'row column 3']) -> None:
        """Hold the image [grey levels, 0 to 255]."""
        super().__init__()
        self.register_buffer('image', image)
        self.image: Tensor

    @classmethod
    def blank(cls, rows: int, columns: int) -> 'UsualImage':
        """Return a black one, to be filled from a checkpoint."""
        return cls(torch.zeros(rows, columns, 3, dtype=torch.uint8))
