"""Losses of the world model, and the image changes that weight them."""

import torch
from jaxtyping import Bool, Float, Shaped
from torch import Tensor
from torch.nn import functional


def changed_cells(
    before: Shaped[Tensor, 'batch row column 3'],
    after: Shaped[Tensor, 'batch row column 3'],
    stride: int,
    threshold: float,
) -> Bool[Tensor, 'batch height width']:
    """Find the latent cells whose image changed.

    Args:
        before: Images, grey levels 0 to 255.
        after: Images after the push.
        stride: Pixels a cell spans.
        threshold: Mean absolute difference of a changed cell, as a share of 255.
    """
    difference = (after.float() - before.float()).abs().mean(dim=-1)
    return functional.avg_pool2d(difference, stride) > 255.0 * threshold


def prediction_loss(
    predicted: Float[Tensor, 'batch channel height width'],
    target: Float[Tensor, 'batch channel height width'],
    changed: Bool[Tensor, 'batch height width'],
) -> Float[Tensor, '']:
    """Return the mean squared error over all cells plus that over cells near a change.

    Most cells never change: without the second mean "nothing moves" is nearly optimal.
    """
    squared = (predicted - target).square().mean(dim=1)  # batch height width
    near = functional.max_pool2d(changed.float(), 3, 1, 1)
    return squared.mean() + (squared * near).sum() / near.sum().clamp(min=1.0)


def foreground_cells(
    latent: Float[Tensor, 'batch channel height width'],
    inputs: Float[Tensor, 'batch feature row column'],
    count: int,
) -> Float[Tensor, 'cell channel']:
    """Pick the cells of each image that differ most from the empty table.

    Empty table fills nine tenths of an image; the variance over all cells would be met by
    telling table from no table.
    """
    stride = inputs.shape[-1] // latent.shape[-1]
    strength = functional.avg_pool2d(inputs[:, :3].abs().mean(dim=1), stride)
    near = functional.avg_pool2d(strength, 3, 1, 1)
    chosen = near.flatten(1).topk(count).indices[:, :, None]  # batch count 1
    cells = latent.permute(0, 2, 3, 1).flatten(1, 2)  # batch height*width channel
    return torch.gather(cells, 1, chosen.expand(-1, -1, cells.shape[-1])).flatten(0, 1)
