import numpy as np
import pytest
import torch

from foresight.learning.probes.clip_surprise import (
    latent_surprise,
    persistence_error,
    plain_error,
    relative_error,
)
from foresight.world_model.encoder import EncoderConfig
from foresight.world_model.predictors.video import VideoConfig, VideoJepa

SMALL = EncoderConfig(rows=16, columns=24, channels=8, width=16)
CONFIG = VideoConfig(context=3, horizon=2, width=16, blocks=1)


def awake():
    """Return a predictor whose weights are all random."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        model = VideoJepa(SMALL, CONFIG).eval()
        model.bf16 = False
        with torch.no_grad():
            for weight in model.predictor.parameters():
                weight.copy_(0.2 * torch.randn(weight.shape))
    return model


def clips():
    """Return clips of noise, more than are watched at once, and their empty scenes."""
    generator = np.random.default_rng(0)
    return (
        generator.integers(0, 256, (18, 7, 16, 24, 3), np.uint8),
        generator.integers(0, 256, (18, 16, 24, 3), np.uint8),
    )


def test_what_never_comes_surprises_more_than_what_comes_half_foreseen():
    last = torch.zeros(1, 1, 1, 2, 1, 1)
    came, half = last + 3.0, last + 1.4
    comes, never = (relative_error(half, arrived, last).item() for arrived in (came, last))
    assert comes == pytest.approx(1.6 ** 2 / (1 + 1.4 ** 2 + 3.0 ** 2))
    assert never == pytest.approx(1.4 ** 2 / (1 + 1.4 ** 2))
    assert never > comes


def test_a_mirrored_world_surprises_alike():
    world, mirrored = awake(), awake()
    mirrored.scene_map = mirrored.scene_map.flip([-1])
    frames, empty = clips()
    errors = {'relative': relative_error, 'plain': plain_error}
    here = latent_surprise(world, errors)(frames, empty)
    there = latent_surprise(mirrored, errors)(
        np.ascontiguousarray(frames[:, :, :, ::-1]), np.ascontiguousarray(empty[:, :, ::-1]),
    )
    for name in errors:
        assert here[name].shape == (18, 3)  # 7 frames, 3 watched, 2 ahead.
        assert there[name] == pytest.approx(here[name], rel=1e-3)
    unturned = latent_surprise(world, errors)(
        np.ascontiguousarray(frames[:, :, :, ::-1]), np.ascontiguousarray(empty[:, :, ::-1]),
    )
    assert np.abs(unturned['relative'] - here['relative']).max() > 1e-3


def test_who_learned_nothing_expects_that_nothing_moves():
    found = latent_surprise(
        VideoJepa(SMALL, CONFIG).eval(),
        {'guess': relative_error, 'persistence': persistence_error},
    )(*clips())
    assert np.array_equal(found['guess'], found['persistence'])
    assert found['guess'].min() > 0.0
