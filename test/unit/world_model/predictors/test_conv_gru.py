import torch

from foresight.world_model.predictors.conv_gru import ConvGru


def test_a_closed_update_gate_remembers_forever():
    layer = ConvGru(4)
    with torch.no_grad():
        layer.gates.weight.zero_()
        layer.gates.bias[:4] = -50.0
    state = torch.randn(2, 4, 3, 5, generator=torch.Generator().manual_seed(0))
    assert torch.allclose(layer(torch.randn_like(state), state), state)


def test_memory_begins_with_many_time_scales():
    kept = 1.0 - torch.sigmoid(ConvGru(8).gates.bias[:8])
    assert kept.max() > 0.95
    assert kept.min() < 0.3
