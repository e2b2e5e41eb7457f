"""Slow copy: the target encoder follows the encoder."""

import torch
from torch import nn


@torch.no_grad()
def follow(slow: nn.Module, fast: nn.Module, decay: float) -> None:
    """Move every parameter of the slow copy a little toward that of the fast network.

    Args:
        slow: Copy that gives the targets.
        fast: Network that learns.
        decay: Share of the slow copy that stays.

    References:
        Grill et al., BYOL, arXiv:2006.07733, equation 1.
    """
    for kept, new in zip(slow.parameters(), fast.parameters(), strict=True):
        kept.lerp_(new, 1.0 - decay)
