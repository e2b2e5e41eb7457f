"""Lineage: where a checkpoint comes from, and what showed that it may stand where it stands."""

import json
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from foresight.errors import CheckpointError
from foresight.files import find_model, sha256, version, write_atomically
from foresight.reading import damaged, read_json
from foresight.world_model.checkpoint import TENSORS

FILE, FORMAT = 'lineage.json', 1


@dataclass(frozen=True)
class Learned:
    """A folder that was learned from: its actions and their hash."""

    folder: str
    digest: str
    actions: int
    replayed: bool = False


@dataclass(frozen=True)
class Lineage:
    """Where a checkpoint comes from.

    Attributes:
        parent: Hash of the tensors of the checkpoint that it goes on from.
        parent_folder: Where that was.
        learned: What it learned from.
        dataset: Hash of all new actions together, of which some episodes were held out.
        holdout: Share of the episodes that was held out.
        scores: Success of both and its difference, as the comparison says.
        compared: When it was compared; empty = not yet.
        forced: Why it stands there although the comparison does not speak for it.
        version: Version of the package that made it.
    """

    parent: str
    parent_folder: str
    learned: tuple[Learned, ...] = ()
    dataset: str = ''
    holdout: float = 0.0
    scores: dict[str, Any] = field(default_factory=dict)
    compared: str = ''
    forced: str = ''
    version: str = field(default_factory=version)


def fingerprint(folder: Path | str) -> str:
    """Return the hash of the tensors of a checkpoint, by which lineage knows it.

    Raises:
        CheckpointError: If there is none.
    """
    path = find_model(folder) / TENSORS
    try:
        return sha256(path.read_bytes())
    except OSError as error:
        raise CheckpointError(
            f'{path} cannot be read: give a folder that `foresight train world-model` wrote'
        ) from error


def write_lineage(folder: Path, lineage: Lineage) -> None:
    """Write the lineage beside a checkpoint.

    Raises:
        FileError: If the file cannot be written.
    """
    text = json.dumps({'format': FORMAT, **asdict(lineage)}, indent=2, allow_nan=False) + '\n'
    write_atomically(folder / FILE, text)


def read_lineage(folder: Path | str) -> Lineage | None:
    """Read the lineage of a checkpoint; None if it goes on from nothing.

    Raises:
        CheckpointError: If it is damaged.
    """
    path = find_model(folder) / FILE
    if not path.exists():
        return None
    with damaged(path, 'delete it, or train again', CheckpointError):
        found = read_json(path)
        if found.pop('format') != FORMAT or set(found) != {item.name for item in fields(Lineage)}:
            raise ValueError('not of this version')
        learned = tuple(Learned(**entry) for entry in found.pop('learned'))
        return Lineage(learned=learned, **found)
