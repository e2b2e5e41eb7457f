"""Where arithmetic runs in few bits."""

from pathlib import Path

import pytest
import torch

from foresight.errors import ConfigError
from foresight.world_model.precision import has_fast_bf16, mixed, pick_device

CPU = torch.device('cpu')


def test_a_gpu_that_is_not_there_is_refused_with_the_remedy(monkeypatch):
    monkeypatch.setattr(torch.cuda, 'is_available', lambda: False)
    assert pick_device('auto') == CPU
    with pytest.raises(ConfigError, match='no GPU here; use auto or cpu'):
        pick_device('cuda')


def test_a_processor_without_tiles_keeps_single_precision():
    tiles = 'amx_tile' in Path('/proc/cpuinfo').read_text(encoding='utf-8')
    assert has_fast_bf16(CPU) == tiles


def test_convolutions_run_in_few_bits_only_where_allowed_and_fast():
    layer, image = torch.nn.Conv2d(1, 1, 1), torch.zeros(1, 1, 2, 2)
    with mixed(CPU):
        fast = torch.bfloat16 if has_fast_bf16(CPU) else torch.float32
        assert layer(image).dtype == fast
    with mixed(CPU, enabled=False):
        assert layer(image).dtype == torch.float32
