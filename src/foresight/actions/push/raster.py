"""Push raster: a push drawn on the latent grid, so that the predictor sees where it acts."""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from foresight.actions.push.settings import PushConfig
from foresight.settings import SceneConfig
from foresight.world_model.scene_map import cell_centres, draw_scene


class PushRaster(nn.Module):
    """Draws pushes with soft edges; differentiable in all four numbers.

    Channels: coverage of the swept lane; the same times cosine and sine of the heading; times the
    distance that is left to the end; times the signed offset from the lane's middle; coverage of
    the paddle at the start and at the end; then the two of the scene map.
    """

    channels = 9

    def __init__(self, scene: SceneConfig, push: PushConfig, grid: tuple[int, int]) -> None:
        """Lay out the cell centres of a grid of rows and columns in `base_link`."""
        super().__init__()
        near, far = scene.view_x
        self._cell = (far - near) / grid[0]
        self._half_width = push.paddle_width / 2
        self._reach = push.length_high
        x, y = cell_centres(scene, grid)
        self.register_buffer('x', x[:, None], persistent=False)
        self.register_buffer('y', y[None], persistent=False)
        self.register_buffer('scene_map', draw_scene(scene, grid), persistent=False)
        self.x: Tensor
        self.y: Tensor
        self.scene_map: Tensor

    def forward(
        self, pushes: Float[Tensor, 'batch 4'],
        scene_map: Float[Tensor, 'batch 2 height width'] | None = None,
    ) -> Float[Tensor, 'batch feature height width']:
        """Draw each push.

        Args:
            pushes: x, y, heading, length in the frame of the table [m, m, rad, m].
            scene_map: Table and bins of each; None for those of the scene.
        """
        known = self.scene_map.expand(len(pushes), -1, -1, -1) if scene_map is None else scene_map
        x, y, heading, length = (part[:, None, None] for part in pushes.float().unbind(-1))
        cosine, sine = heading.cos(), heading.sin()
        along = (self.x - x) * cosine + (self.y - y) * sine  # batch height width
        across = (self.y - y) * cosine - (self.x - x) * sine
        inside = self._soft(self._half_width - across.abs())
        after_start, before_end = self._soft(along), self._soft(length - along)
        lane = inside * after_start * before_end
        drawn = torch.stack([
            lane, lane * cosine, lane * sine,
            lane * (length - along) / self._reach,
            lane * across / self._half_width,
            inside * after_start * self._soft(self._cell - along),
            inside * before_end * self._soft(along - length + self._cell),
            *known.unbind(1),
        ], dim=-1)  # batch height width feature
        return drawn.permute(0, 3, 1, 2)  # Channels-last in memory.

    def coverage(self, pushes: Float[Tensor, 'batch 4']) -> Float[Tensor, 'batch height width']:
        """Return only the share of each cell that the paddle sweeps."""
        drawn: Tensor = self(pushes)
        return drawn[:, 0]

    def _soft(self, distance: Tensor) -> Tensor:
        """Share of a cell that lies inside an edge at this signed distance."""
        return torch.sigmoid(distance * (4.0 / self._cell))
