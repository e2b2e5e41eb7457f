"""Claims about the predictor without actions."""

import torch

from foresight.settings import WatchConfig
from foresight.world_model.encoder import EncoderConfig
from foresight.world_model.onlooker import Onlooker

SMALL = EncoderConfig(width=8)


def made(**changes: int) -> Onlooker:
    torch.manual_seed(0)
    return Onlooker(SMALL, WatchConfig(width=16, blocks=1, **changes))


def test_untrained_it_says_that_nothing_moves() -> None:
    latents = torch.randn(2, 5, 16, 16, 24)
    predicted = made(context=2).predict(latents, torch.ones(2, 5, 16, 24, dtype=torch.bool))
    assert predicted.shape == (2, 3, 16, 16, 24)
    torch.testing.assert_close(predicted, latents[:, 1:4])


def test_it_sees_where_the_arm_will_be_but_not_what_comes() -> None:
    model = made(context=2)
    torch.nn.init.normal_(model.predictor.outlet.weight, std=0.1)
    latents = torch.randn(1, 3, 16, 16, 24)
    seen = torch.ones(1, 3, 16, 24, dtype=torch.bool)
    usual = model.predict(latents, seen)
    future = latents.clone()
    future[:, 2] = 0.0
    torch.testing.assert_close(model.predict(future, seen), usual)
    arm = seen.clone()
    arm[:, 2, 4:8, 4:8] = False
    assert not torch.allclose(model.predict(latents, arm), usual)


def test_frames_are_prepared_moment_by_moment() -> None:
    model = made()
    frames = torch.randint(0, 255, (2, 3, 64, 96, 3), dtype=torch.uint8)
    empty = torch.randint(0, 255, (2, 64, 96, 3), dtype=torch.uint8)
    moments = model.prepare(frames, empty)
    assert len(moments) == 3
    torch.testing.assert_close(moments[1], model.encoder.prepare(frames[:, 1], empty))
