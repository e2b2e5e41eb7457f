"""The scales of surprise: measured on undisturbed play, kept in one file beside a checkpoint."""

import json
import math
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from foresight.errors import CheckpointError
from foresight.files import write_atomically
from foresight.world_model.belief.memory_file import MemoryOwner
from foresight.world_model.checkpoint import Checkpoint

FORMAT, FILE = 1, 'surprise.json'
REMEDY = 'run `foresight calibrate surprise` for this checkpoint'


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
        actions: Actions of it.
        seed: First seed of it.
        model: Hash of the world model, see `MemoryOwner`.
        command: How it was measured.
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
    try:
        found = json.loads(path.read_text())
        kind = found.pop('format')
        scales = SurpriseScales(**{
            item.name: item.type(found.pop(item.name))  # type: ignore[operator]
            for item in fields(SurpriseScales)
        })
    except FileNotFoundError as error:
        raise CheckpointError(f'{path} is missing: {REMEDY}') from error
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise CheckpointError(f'{path} is damaged: {REMEDY}') from error
    sizes = (scales.cell, scales.action, scales.rest)
    if kind != FORMAT or found or not all(math.isfinite(s) and s > 0.0 for s in sizes):
        raise CheckpointError(f'{path} does not fit this version: {REMEDY}')
    if scales.model != MemoryOwner.of(checkpoint).model:
        raise CheckpointError(f'{path} belongs to another world model: {REMEDY}')
    return scales
