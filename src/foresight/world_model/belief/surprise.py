"""Surprise: how far the latent that arrived is from the one imagined, and what counts as far."""

import json
import math
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import torch
from jaxtyping import Float
from torch import Tensor

from foresight.errors import CheckpointError
from foresight.files import write_atomically
from foresight.macro_action import ActionRaster
from foresight.protocols import CellMap, CellMaps, Latent, Latents
from foresight.reading import damaged, read_json
from foresight.world_model.belief.memory_file import MemoryOwner
from foresight.world_model.checkpoint import Checkpoint

FORMAT, FILE = 1, 'surprise.json'
REMEDY = 'run `foresight calibrate surprise` for this checkpoint'
WORST_CELLS = 8  # About what one object covers.


@dataclass(frozen=True)
class SurpriseReading:
    """One comparison of imagination and arrival.

    Attributes:
        map: Distance of each cell, shape (height, width); 1 is the calibrated scale.
        level: Mean of the worst cells that count; above 1 is rare on familiar actions.
        spread: Share of all cells that differ at all.
    """

    map: CellMap
    level: float
    spread: float = 0.0


def cell_distance(predicted: Latents, arrived: Latents) -> CellMaps:
    """Return the root mean square difference of each cell."""
    return (predicted - arrived).square().mean(dim=1).sqrt()


def surprise_level(distance: CellMaps, swept: CellMaps) -> Float[Tensor, ' batch']:
    """Average the worst cells that the paddle did not sweep.

    Inside the lane an object may legitimately end in many places; outside nothing should move.
    """
    return worst_cells(distance * (1.0 - swept))


def worst_cells(distance: CellMaps) -> Float[Tensor, ' batch']:
    """Average the worst cells."""
    cells = distance.flatten(1)
    return cells.topk(min(WORST_CELLS, cells.shape[1])).values.mean(dim=1)


class Surprise:
    """Compares imagination and arrival on the scale of the checkpoint, rarely exceeded."""

    def __init__(self, raster: ActionRaster, scale: float) -> None:
        """Keep how actions are drawn, and the raw level that counts as 1."""
        self._raster, self._scale = raster, scale

    @torch.no_grad()
    def __call__(self, predicted: Latent, arrived: Latent,
                 action: Float[Tensor, ' action']) -> SurpriseReading:
        """Compare the latent that was imagined for an action with the one that arrived."""
        distance = cell_distance(predicted[None], arrived[None]) / self._scale
        swept = self._raster.coverage(action[None].to(distance.device))
        return SurpriseReading(distance[0], float(surprise_level(distance, swept)))


@dataclass(frozen=True)
class SurpriseScales:
    """What counts as a surprise, in the unit of latent features.

    Attributes:
        cell: Distance that one cell in twenty exceeds after an undisturbed action. A cell whose
            predicted change exceeds it may change in many ways.
        action: Level after an action that is exceeded as often as false alarms are allowed.
        rest: Level between two views at rest above which something has moved.
        false_alarms: Allowed false alarms [1/h of robot time].
        hours: Robot time of the undisturbed play [h].
        model: Hash of the world model, see `MemoryOwner`.
    """

    cell: float
    action: float
    rest: float
    false_alarms: float
    hours: float
    actions: int
    seed: int
    model: str
    command: str


def save_scales(folder: Path, scales: SurpriseScales) -> None:
    """Write the scales beside a checkpoint.

    Raises:
        FileError: If the file cannot be written.
    """
    text = json.dumps({'format': FORMAT, **asdict(scales)}, indent=2, allow_nan=False) + '\n'
    write_atomically(folder / FILE, text)


def load_scales(checkpoint: Checkpoint) -> SurpriseScales:
    """Read the scales of a checkpoint.

    Raises:
        CheckpointError: If there are none, they are damaged or of another world model.
    """
    path = checkpoint.folder / FILE
    if not path.exists():
        raise CheckpointError(f'{path} is missing: {REMEDY}')
    with damaged(path, REMEDY, CheckpointError):
        found = read_json(path)
        kind = found.pop('format')
        scales = SurpriseScales(**{
            item.name: item.type(found.pop(item.name))  # type: ignore[operator]
            for item in fields(SurpriseScales)
        })
    sizes = (scales.cell, scales.action, scales.rest)
    if kind != FORMAT or found or not all(math.isfinite(s) and s > 0.0 for s in sizes):
        raise CheckpointError(f'{path} does not fit this version: {REMEDY}')
    if scales.model != MemoryOwner.of(checkpoint).model:
        raise CheckpointError(f'{path} belongs to another world model: {REMEDY}')
    return scales
