"""Losses of the world model, the image changes that weight them, and whose targets they use."""

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn
from torch.nn import functional

from foresight.protocols import Latents
from foresight.world_model.encoder import CONTRAST, Inputs

Changed = Bool[Tensor, 'batch height width']


def changed_cells(before: Inputs, after: Inputs, threshold: float) -> Changed:
    """Find the cells whose prepared image changed by `threshold` of 255 grey levels on average."""
    return (after - before).abs().mean(dim=1) > threshold * 255.0 / CONTRAST


def prediction_loss(predicted: Latents, target: Latents, changed: Changed) -> Float[Tensor, '']:
    """Return the mean squared error over all cells plus that over cells near a change.

    Most cells never change: without the second mean "nothing moves" is nearly optimal.
    """
    squared = (predicted - target).square().mean(dim=1)  # batch height width
    near = functional.max_pool2d(changed.float(), 3, 1, 1)
    return squared.mean() + (squared * near).sum() / near.sum().clamp(min=1.0)


def blindness(
    latents: Float[Tensor, 'clip frame channel height width'],
    changed: Bool[Tensor, 'clip pair height width'], apart: int, target: float,
) -> Float[Tensor, '']:
    """Penalise latents that stay alike where the image changes within some frames (`apart`).

    Variance over many scenes is met by what rests in them, boards and planks, which is easier to
    predict; an encoder may then miss what moves on top. A cell whose root mean square difference
    is `target` costs nothing.

    References:
        Sobal et al., Joint embedding predictive architectures focus on slow features,
        arXiv:2211.10831. Bardes et al., VICReg, arXiv:2105.04906, equation 1: the hinge, here
        over time.
    """
    moved = latents[:, apart:] - latents[:, :-apart]
    distance = (moved.square().mean(dim=2) + 1e-4).sqrt()  # clip pair height width
    missing = functional.relu(target - distance) * changed
    return missing.sum() / changed.sum().clamp(min=1) / target


def foreground_cells(latent: Latents, inputs: Inputs, count: int) -> Float[Tensor, 'cell channel']:
    """Pick the cells of each image that differ most from the empty table.

    Empty table fills nine tenths of an image; the variance over all cells would be met by
    telling table from no table.
    """
    near = functional.avg_pool2d(inputs.abs().mean(dim=1), 3, 1, 1)
    chosen = near.flatten(1).topk(count).indices[:, :, None]  # batch count 1
    cells = latent.permute(0, 2, 3, 1).flatten(1, 2)  # batch height*width channel
    return torch.gather(cells, 1, chosen.expand(-1, -1, cells.shape[-1])).flatten(0, 1)


@torch.no_grad()
def follow(slow: nn.Module, fast: nn.Module, decay: float) -> None:
    """Move every parameter of a slow copy toward what learns; `decay` is the share that stays.

    References:
        Grill et al., BYOL, arXiv:2006.07733, equation 1.
    """
    for kept, new in zip(slow.parameters(), fast.parameters(), strict=True):
        kept.lerp_(new, 1.0 - decay)
