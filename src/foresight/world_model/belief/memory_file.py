"""A memory on disk: one safetensors file whose header says, in JSON, what it belongs to."""

import json
import math
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save
from torch import Tensor

from foresight.errors import MemoryFileError
from foresight.files import sha256, write_atomically
from foresight.reading import damaged, parse_json
from foresight.settings import SceneConfig
from foresight.world_model.belief.memory import Memory
from foresight.world_model.checkpoint import Checkpoint
from foresight.world_model.tensor_file import read_tensor_file

FORMAT, HEADER = 1, 'memory'
PARTS = ('latent', 'age', 'confidence')
OWNED = {'format': 'version', 'model': 'world model', 'scene': 'scene'}


@dataclass(frozen=True)
class MemoryOwner:
    """What a memory makes sense to: a world model (by its hash) and its scene.

    A new cost head changes no memory.
    """

    model: str
    scene: SceneConfig

    @classmethod
    def of(cls, checkpoint: Checkpoint) -> 'MemoryOwner':
        """Return what owns the memories of a checkpoint."""
        parts: list[bytes] = []
        for name, tensor in sorted(checkpoint.model.state_dict().items()):
            parts += [name.encode(), tensor.cpu().contiguous().numpy().tobytes()]
        return cls(sha256(*parts), checkpoint.config.scene)

    def described(self) -> dict[str, Any]:
        """Return it as JSON gives it back."""
        described: dict[str, Any] = json.loads(json.dumps(asdict(self)))
        return described


def save_memory(path: Path, memory: Memory, owner: MemoryOwner, now: float) -> None:
    """Write a memory; a reader finds the old file or the new one.

    `now` is the wall-clock time of the belief [s]; it goes on while no node runs.

    Raises:
        MemoryFileError: If the file cannot be written.
    """
    header = json.dumps({'format': FORMAT, 'saved': now, **owner.described()})
    # One buffer each, row by row: the file format takes neither shared nor permuted tensors.
    tensors = {
        name: getattr(memory, name).cpu().clone(memory_format=torch.contiguous_format)
        for name in PARTS
    }
    write_atomically(path, save(tensors, {HEADER: header}))


def load_memory(path: Path, owner: MemoryOwner, now: float) -> Memory:
    """Read a memory and let it age until `now`, in wall-clock time [s].

    It is at no time of the clock that stamps images: the first image sets it.

    Raises:
        MemoryFileError: If the file is damaged or of another model or scene.
    """
    with damaged(path, 'delete it to begin anew', MemoryFileError):
        tensors, words = read_tensor_file(path)
        header = parse_json(words[HEADER])
        latent, age, confidence = (_floats(tensors[name]) for name in PARTS)
        if age.shape != latent.shape[1:] or confidence.shape != age.shape:
            raise ValueError('its parts differ in size')
        age = age + max(0.0, now - float(header['saved']))
        mine = {key: header[key] for key in OWNED}
    for key, wanted in {'format': FORMAT, **owner.described()}.items():
        if mine[key] != wanted:
            raise MemoryFileError(
                f'{path} belongs to another {OWNED[key]}: give another memory.file, or delete '
                'this one to begin anew'
            )
    return Memory(latent, age, confidence, -math.inf)


def _floats(tensor: Tensor) -> Tensor:
    """Return a tensor of numbers as networks take them; NaN is none."""
    if tensor.dtype != torch.float32 or bool(tensor.isnan().any()):
        raise ValueError(f'a tensor of {tensor.dtype}, or of NaN')
    return tensor
