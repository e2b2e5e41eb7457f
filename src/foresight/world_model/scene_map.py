"""Scene map: table and bins drawn on the latent grid, which no difference image shows."""

import torch
from jaxtyping import Float
from torch import Tensor

from foresight.settings import SceneConfig


def cell_centres(
    scene: SceneConfig, grid: tuple[int, int],
) -> tuple[Float[Tensor, ' height'], Float[Tensor, ' width']]:
    """Return x of each row and y of each column of a grid over the view, in `base_link` [m].

    Row 0 is far, column 0 is left.
    """
    (x_low, x_high), (y_low, y_high) = scene.view_x, scene.view_y
    rows, columns = ((torch.arange(count) + 0.5) / count for count in grid)
    return x_high - rows * (x_high - x_low), y_high - columns * (y_high - y_low)


def draw_scene(scene: SceneConfig, grid: tuple[int, int]) -> Float[Tensor, '2 height width']:
    """Return the share of each cell that is table, and that is a bin.

    Without it the networks would have to learn where the table ends from objects that fall.
    """
    table = _rectangle(scene.table_x, scene.table_y, scene, grid)
    bins = [_rectangle(zone.x, zone.y, scene, grid) for zone in scene.zones]
    return torch.stack([table, torch.stack(bins).sum(dim=0)])


def _rectangle(
    x: tuple[float, float], y: tuple[float, float], scene: SceneConfig, grid: tuple[int, int],
) -> Tensor:
    """Return the share of each cell that lies in a rectangle; row 0 is far, column 0 left."""
    rows, columns = grid
    return _share(x, scene.view_x, rows).flip(0)[:, None] * \
        _share(y, scene.view_y, columns).flip(0)


def _share(span: tuple[float, float], view: tuple[float, float], cells: int) -> Tensor:
    """Return the share of each of `cells` equal parts of `view` that lies in `span`."""
    edges = torch.linspace(view[0], view[1], cells + 1)
    covered = edges.clamp(min=span[0], max=span[1])
    return covered.diff() / edges.diff()
