"""Where the arithmetic runs, and in how many bits."""

import torch


def pick_device(name: str) -> torch.device:
    """Turn `auto`, `cpu` or `cuda` into a device; `auto` takes the GPU if there is one."""
    if name == 'auto':
        name = 'cuda' if torch.cuda.is_available() else 'cpu'
    return torch.device(name)


def has_fast_bf16(device: torch.device) -> bool:
    """Return True where bfloat16 products have their own instructions."""
    if device.type == 'cuda':
        return bool(torch.cuda.is_bf16_supported())
    capabilities = torch.backends.cpu.get_cpu_capability()
    return 'AVX512' in capabilities and bool(torch.ops.mkldnn._is_mkldnn_bf16_supported())


def mixed(device: torch.device, enabled: bool = True) -> torch.autocast:
    """Return the context in which convolutions run in bfloat16, where that is faster."""
    return torch.autocast(
        device.type, torch.bfloat16, enabled=enabled and has_fast_bf16(device),
    )
