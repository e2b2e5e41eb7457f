"""Files of named tensors, with words about them, and the modules that they fill; no code."""

from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import load as load_tensors
from torch import Tensor, nn

from foresight.errors import CheckpointError
from foresight.files import sha256
from foresight.reading import opened, read_bytes, reason

KINDS = (torch.float32, torch.int64, torch.uint8, torch.bool)
"""Types of the numbers of a checkpoint."""
LARGEST = 1 << 32
"""Bytes of a file of tensors."""


def read_tensor_file(path: Path) -> tuple[dict[str, Tensor], dict[str, str]]:
    """Read every tensor of a file by its name, and the words.

    Raises:
        OSError: If it is not there.
        ValueError: If it is no such file.
    """
    with opened(path, LARGEST):  # a file, and not too large
        pass
    try:
        with safe_open(path, 'pt') as file:
            return {name: file.get_tensor(name) for name in file.keys()}, file.metadata() or {}  # noqa: SIM118
    except SafetensorError as error:
        raise ValueError(str(error)) from error


def flat(modules: Mapping[str, nn.Module]) -> dict[str, Tensor]:
    """Name every tensor of some modules `module.tensor`."""
    return {
        f'{name}.{key}': value.detach().cpu().contiguous()
        for name, module in modules.items() for key, value in module.state_dict().items()
    }


def under(name: str, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Return the tensors of one module, by their names in it."""
    return {
        key.removeprefix(f'{name}.'): value
        for key, value in tensors.items() if key.startswith(f'{name}.')
    }


def read_tensors(path: Path, digest: str) -> dict[str, Tensor]:
    """Read all tensors of a checkpoint, whose file must have the hash `digest`.

    Raises:
        CheckpointError: If the file is missing, damaged or holds a number that is not finite.
    """
    try:
        blob = read_bytes(path, LARGEST)
    except (OSError, ValueError) as error:
        raise CheckpointError(
            f'{path} is missing ({reason(error)}): copy the whole checkpoint folder'
        ) from error
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
        if value.dtype not in KINDS:
            raise CheckpointError(f'{path}: {key} is of {value.dtype}: train again')
        if not bool(torch.isfinite(value).all()):
            raise CheckpointError(f'{path}: {key} is not finite: train again, with a lower rate')
    return tensors


def fill(name: str, module: nn.Module, tensors: Mapping[str, Tensor], folder: Path) -> None:
    """Load the tensors of one module; every name and shape must match."""
    found = under(name, tensors)
    wanted = module.state_dict()
    for key in sorted(wanted.keys() | found.keys()):
        if key not in found or key not in wanted:
            problem = 'has no' if key not in found else 'has an unknown'
            raise CheckpointError(f'{folder} {problem} tensor {name}.{key}: train again')
        if (found[key].shape, found[key].dtype) != (wanted[key].shape, wanted[key].dtype):
            raise CheckpointError(
                f'{folder}: {name}.{key} is {tuple(found[key].shape)} of {found[key].dtype}, this '
                f'configuration needs {tuple(wanted[key].shape)} of {wanted[key].dtype}: train '
                'again or restore its config.json'
            )
    module.load_state_dict(found)
