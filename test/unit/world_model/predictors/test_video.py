import torch

from foresight.world_model.encoder import EncoderConfig
from foresight.world_model.predictors.video import (
    VIDEO_ENCODER,
    ConvGru,
    VideoConfig,
    VideoJepa,
    futures,
)

SMALL = EncoderConfig(rows=16, columns=24, channels=8, width=16)
CONFIG = VideoConfig(context=3, horizon=2, width=16, blocks=1)


def awake():
    """Return a predictor whose weights are all random."""
    model = VideoJepa(SMALL, CONFIG)
    model.bf16 = False
    generator = torch.Generator().manual_seed(1)
    with torch.no_grad():
        for weight in model.predictor.parameters():
            weight.copy_(0.2 * torch.randn(weight.shape, generator=generator))
    return model


def test_untrained_predictor_expects_that_nothing_moves():
    model = VideoJepa(SMALL, CONFIG)
    latents = torch.randn(2, 7, 8, 4, 6, generator=torch.Generator().manual_seed(0))
    future = model.predict(latents)
    assert future.shape == (2, 3, 2, 8, 4, 6)
    assert torch.equal(future[:, 1, 0], latents[:, 3])
    assert torch.equal(future[:, 1, 1], latents[:, 3])


def test_predictions_do_not_see_the_future():
    model = awake()
    latents = torch.randn(1, 7, 8, 4, 6, generator=torch.Generator().manual_seed(0))
    later = latents.clone()
    later[:, 4:] = 0.0
    before, after = model.predict(latents), model.predict(later)
    assert torch.equal(before[:, :2], after[:, :2])
    assert not torch.equal(before[:, 2], after[:, 2])


def test_what_is_hidden_is_not_seen_but_remembered():
    model = awake()
    latents = torch.randn(1, 7, 8, 4, 6, generator=torch.Generator().manual_seed(0))
    hidden = torch.zeros(1, 7, 4, 6, dtype=torch.bool)
    hidden[:, 3:] = True
    other = latents.clone()
    other[:, 3:] += 1.0
    # The last frame is where the prediction starts; the change to it must not know it.
    changes = [
        model.predict(seen, hidden=hidden) - seen[:, 2:5, None] for seen in (latents, other)
    ]
    assert torch.allclose(changes[0], changes[1], atol=1e-5)
    other[:, 1] += 1.0
    changed = model.predict(other, hidden=hidden) - other[:, 2:5, None]
    assert not torch.allclose(changed[:, 2], changes[1][:, 2], atol=1e-4)


def test_futures_line_up_with_predictions():
    latents = torch.arange(7.0).reshape(1, 7, 1, 1, 1)
    assert futures(latents, 3, 2).flatten().tolist() == [3, 4, 4, 5, 5, 6]


def test_a_frame_is_encoded_without_its_neighbours():
    model = VideoJepa(SMALL, CONFIG)
    model.bf16 = False
    frames = torch.randint(
        0, 255, (1, 4, 16, 24, 3), dtype=torch.uint8, generator=torch.Generator().manual_seed(0),
    )
    empty = torch.zeros(1, 16, 24, 3, dtype=torch.uint8)
    alone = model.encode(model.prepare(frames[:, 2:3], empty))
    assert torch.allclose(model.encode(model.prepare(frames, empty))[:, 2:3], alone, atol=1e-5)


def test_view_of_the_scene_map_is_that_of_the_clips():
    table = VideoJepa(VIDEO_ENCODER, VideoConfig()).scene_map[0]
    assert table.shape == (16, 24)
    assert table.max() == 1.0
    assert table[0].max() == 0.0 and table[-1].max() == 0.0  # Floor on both sides.


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
