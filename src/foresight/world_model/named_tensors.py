"""Tensors of several modules in one safetensors file, each by the name `module.tensor`."""

from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load as load_tensors
from torch import Tensor, nn

from foresight.errors import CheckpointError
from foresight.files import sha256


def flat(modules: Mapping[str, nn.Module]) -> dict[str, Tensor]:
    """Name every tensor of some modules `module.tensor`."""
    return {
        f'{name}.{key}': value.detach().cpu().contiguous()
        for name, module in modules.items() for key, value in module.state_dict().items()
    }


def read_tensors(path: Path, digest: str) -> dict[str, Tensor]:
    """Read all tensors of a checkpoint, whose file must have the hash `digest`.

    Raises:
        CheckpointError: If the file is missing, damaged or holds a number that is not finite.
    """
    try:
        blob = path.read_bytes()
    except OSError as error:
        raise CheckpointError(f'{path} is missing: copy the whole checkpoint folder') from error
    if sha256(blob) != digest:
        raise CheckpointError(
            f'{path} ({len(blob)} bytes) is not the file that config.json describes: it is '
            'damaged or cut off, copy the checkpoint again or run the same training again'
        )
    try:
        tensors = load_tensors(blob)
    except SafetensorError as error:
        raise CheckpointError(f'{path} is no safetensors file: copy it again') from error
    for key, value in tensors.items():
        if not bool(torch.isfinite(value).all()):
            raise CheckpointError(f'{path}: {key} is not finite: train again, with a lower rate')
    return tensors


def fill(name: str, module: nn.Module, tensors: Mapping[str, Tensor], folder: Path) -> None:
    """Load the tensors of one module; every name and shape must match."""
    found = {
        key.removeprefix(f'{name}.'): value
        for key, value in tensors.items() if key.startswith(f'{name}.')
    }
    wanted = module.state_dict()
    for key in sorted(wanted.keys() | found.keys()):
        if key not in found or key not in wanted:
            problem = 'has no' if key not in found else 'has an unknown'
            raise CheckpointError(f'{folder} {problem} tensor {name}.{key}: train again')
        if found[key].shape != wanted[key].shape:
            raise CheckpointError(
                f'{folder}: {name}.{key} is {tuple(found[key].shape)}, this configuration needs '
                f'{tuple(wanted[key].shape)}: train again or restore its config.json'
            )
    module.load_state_dict(found)
