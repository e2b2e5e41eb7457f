"""Cost head: reads from a latent what still lies on the table and what fell off it."""

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from foresight.macro_action import MacroAction
from foresight.settings import BESIDE, SceneConfig, Zone
from foresight.world_model.encoder import EncoderConfig
from foresight.world_model.scene_map import cell_centres

TABLE, FLOOR = 0, 1
STATUS_TABLE, STATUS_FLOOR = 1, 2  # Status codes of the labels.
RARE = -5.0  # Logit before training: about three of 384 cells hold an object.


class CostHead(nn.Module):
    """Two maps on the latent grid: is an object on the table, or on the floor, centred here.

    Trained with plain cross-entropy, so that the sum of a map is the expected number of objects.
    """

    def __init__(
        self, channels: int, scene_map: Float[Tensor, 'region height width'], width: int = 32,
    ) -> None:
        """Build the network.

        Args:
            channels: Features of a latent cell.
            scene_map: Share of each cell that is table, and that is bin; a difference image does
                not show on what an object lies.
            width: Channels inside.
        """
        super().__init__()
        self.register_buffer('scene_map', scene_map.clone(), persistent=False)
        self.scene_map: Tensor
        last = nn.Conv2d(width, 2, 1)
        last.weight.data.zero_()
        last.bias.data.fill_(RARE)  # type: ignore[union-attr]
        self.layers = nn.Sequential(
            nn.Conv2d(channels + len(scene_map), width, 3, padding=1), nn.ReLU(inplace=True),
            nn.Conv2d(width, width, 3, padding=1), nn.ReLU(inplace=True),
            last,
        )
        self.to(memory_format=torch.channels_last)  # type: ignore[call-overload]

    def forward(
        self, latents: Float[Tensor, 'batch channel height width'],
        scene_map: Float[Tensor, 'batch 2 height width'] | None = None,
    ) -> Float[Tensor, 'batch 2 height width']:
        """Return logits of the table map and of the floor map, at each table or the known one."""
        scene = self.scene_map.expand(len(latents), -1, -1, -1) if scene_map is None else scene_map
        joined = torch.cat([latents, scene], dim=1)
        logits: Tensor = self.layers(joined.contiguous(memory_format=torch.channels_last))
        return logits.float()


class Occupancy:
    """Probability maps of a cost head; remembers the last latents, which several terms share."""

    def __init__(self, head: CostHead, bf16: bool = False) -> None:
        """Keep a trained head; `bf16` where the machine has instructions for it."""
        self._head, self._bf16 = head, bf16
        self._last: tuple[Tensor, int, Tensor] | None = None

    def __call__(
        self, latents: Float[Tensor, 'batch channel height width'],
    ) -> Float[Tensor, 'batch 2 height width']:
        """Return the probability that an object is centred in each cell."""
        # Inference tensors, which a planner scores, have no version.
        version = 0 if latents.is_inference() else latents._version
        if self._last and self._last[0] is latents and self._last[1] == version:
            return self._last[2]
        device = latents.device.type
        with torch.autocast(device, torch.bfloat16, enabled=self._bf16):
            logits: Tensor = self._head(latents)
        maps = logits.sigmoid()
        self._last = latents, version, maps
        return maps


class MapTerm:
    """A cost term that weights the occupancy maps."""

    name = ''

    def __init__(self, occupancy: Occupancy, weights: Float[Tensor, '2 height width']) -> None:
        self._occupancy, self._weights = occupancy, weights

    def score(
        self, latents: Float[Tensor, 'batch channel height width'],
    ) -> Float[Tensor, ' batch']:
        """Score single latents."""
        return self.weigh(self._occupancy(latents))

    def weigh(self, maps: Float[Tensor, 'batch 2 height width']) -> Float[Tensor, ' batch']:
        """Score occupancy maps, also true ones."""
        weighted: Tensor = torch.einsum('bchw,chw->b', maps, self._weights.to(maps))
        return weighted


class Remaining(MapTerm):
    """Expected number of objects left on the table."""

    name = 'remaining'

    def __init__(self, occupancy: Occupancy, encoder: EncoderConfig) -> None:
        """Count the table map."""
        super().__init__(occupancy, _one_map(TABLE, torch.ones(encoder.grid)))


class Dropped(MapTerm):
    """Expected number of objects on the floor."""

    name = 'dropped'

    def __init__(self, occupancy: Occupancy, encoder: EncoderConfig) -> None:
        """Count the floor map."""
        super().__init__(occupancy, _one_map(FLOOR, torch.ones(encoder.grid)))


class Progress(MapTerm):
    """Expected way that the objects on the table have to go, in longest actions."""

    name = 'progress'

    def __init__(self, occupancy: Occupancy, encoder: EncoderConfig, action: MacroAction) -> None:
        """Weight the table map by the distance of each cell to the nearest bin."""
        ways = [_way(zone, action.scene, encoder.grid) for zone in action.scene.zones]
        actions = torch.stack(ways).amin(dim=0) / action.longest
        super().__init__(occupancy, _one_map(TABLE, actions))


def _way(
    zone: Zone, scene: SceneConfig, grid: tuple[int, int],
) -> Float[Tensor, 'height width']:
    """Return how far each cell is from a bin [m]; off the table as from the nearest edge of it."""
    x, y = cell_centres(scene, grid)
    across, along, side = (y, x, scene.table_x) if zone.side in BESIDE else (x, y, scene.table_y)
    ahead = (zone.outward * (zone.edge - across)).clamp(min=0.0)
    along, (low, high) = along.clamp(*side), zone.along
    aside = (low - along).clamp(min=0.0) + (along - high).clamp(min=0.0)
    if zone.side in BESIDE:
        return torch.hypot(ahead[None], aside[:, None])
    return torch.hypot(ahead[:, None], aside[None])


def _one_map(index: int, weights: Tensor) -> Tensor:
    """Weight one of the two maps and ignore the other."""
    both = weights.new_zeros(2, *weights.shape)
    both[index] = weights
    return both


def label_maps(
    objects: Float[Tensor, 'batch object 3'], grid: tuple[int, int], stride: int,
) -> Float[Tensor, 'batch 2 height width']:
    """Draw true objects on the latent grid, shared out between the four nearest cells.

    Args:
        objects: Row and column in the rectified image [px] and status code of each object.
        grid: Rows and columns of the latent.
        stride: Pixels a cell spans.
    """
    cells = (objects[..., :2] + 0.5) / stride - 0.5  # batch object 2
    rows = torch.arange(grid[0], device=objects.device)
    columns = torch.arange(grid[1], device=objects.device)
    near_row = (1.0 - (cells[..., :1] - rows).abs()).clamp(min=0.0)  # batch object height
    near_column = (1.0 - (cells[..., 1:] - columns).abs()).clamp(min=0.0)  # batch object width
    kinds = torch.stack([
        objects[..., 2] == STATUS_TABLE, objects[..., 2] == STATUS_FLOOR,
    ], dim=1).float()  # batch 2 object
    return torch.einsum('bko,boh,bow->bkhw', kinds, near_row, near_column).clamp(max=1.0)


def cost_loss(
    logits: Float[Tensor, 'batch 2 height width'], labels: Float[Tensor, 'batch 2 height width'],
) -> Float[Tensor, '']:
    """Return the cross-entropy of the maps, summed over cells."""
    loss = functional.binary_cross_entropy_with_logits(logits, labels, reduction='sum')
    return loss / len(logits)
