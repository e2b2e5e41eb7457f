"""Where the arithmetic runs, and in how many bits."""

import torch

from foresight.errors import ConfigError


def pick_device(name: str) -> torch.device:
    """Turn `auto`, `cpu` or `cuda` into a device; `auto` takes the GPU if there is one.

    Raises:
        ConfigError: If a GPU is asked for and there is none.
    """
    available = torch.cuda.is_available()
    if name == 'cuda' and not available:
        raise ConfigError('device cuda: PyTorch finds no GPU here; use auto or cpu')
    if name == 'auto':
        name = 'cuda' if available else 'cpu'
    return torch.device(name)


def has_fast_bf16(device: torch.device) -> bool:
    """Return True where products of bfloat16 matrices have units of their own.

    On a processor these are AMX tiles. Vector instructions alone (AVX512_BF16) make the predictor
    slower than single precision: 31 ms instead of 19 for 32 actions on one core of a Xeon.
    """
    if device.type == 'cuda':
        return bool(torch.cuda.is_bf16_supported())
    return bool(torch.cpu._is_amx_tile_supported())


def mixed(device: torch.device, enabled: bool = True) -> torch.autocast:
    """Return the context in which convolutions run in bfloat16, where that is faster."""
    return torch.autocast(device.type, torch.bfloat16, enabled=enabled and has_fast_bf16(device))
