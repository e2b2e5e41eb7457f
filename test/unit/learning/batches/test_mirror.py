import math

import pytest
import torch

from foresight.actions.push.macro_action import PushAction
from foresight.learning.batches.actions import rows_of_step, take
from foresight.learning.batches.mirror import Mirror
from foresight.world_model.encoder import EncoderConfig

ALL = torch.ones(16, dtype=torch.bool)


@pytest.fixture
def mirror() -> Mirror:
    return Mirror(PushAction(), EncoderConfig())


@pytest.fixture
def batch(blobs):
    return take(blobs, rows_of_step(len(blobs), 16, 0, 0), torch.device('cpu'))


def brightest(image: torch.Tensor, background: torch.Tensor) -> tuple[int, int]:
    """Find the pixel that differs most from the background."""
    strength = (image.float() - background.float()).abs().sum(dim=-1)
    return divmod(int(strength.argmax()), image.shape[1])


def test_mirroring_twice_changes_nothing(mirror, batch):
    again = mirror(mirror(batch, ALL), ALL)
    assert torch.equal(again.before, batch.before)
    torch.testing.assert_close(again.actions, batch.actions)
    torch.testing.assert_close(again.objects_after, batch.objects_after, atol=1e-4, rtol=0.0)


def test_only_chosen_actions_are_mirrored(mirror, batch):
    chosen = torch.arange(16) < 4
    some = mirror(batch, chosen)
    assert torch.equal(some.before[4:], batch.before[4:])
    assert not torch.equal(some.actions[:4], batch.actions[:4])


@pytest.mark.parametrize('sideways', [False, True])
def test_what_is_drawn_of_an_action_is_reflected_with_it(mirror, batch, sideways):
    raster = PushAction().raster(EncoderConfig().grid)
    turned = mirror(batch, ALL, sideways)
    expected = raster(batch.actions, batch.scene_map).flip(3 if sideways else 2)
    drawn = raster(turned.actions, turned.scene_map)
    for same in (0, 3, 5, 6, 7, 8):  # the others change their sign
        torch.testing.assert_close(drawn[:, same], expected[:, same], atol=1e-4, rtol=0.0)


def test_label_follows_its_object(mirror, blobs):
    rows = torch.arange(0, len(blobs), 7).numpy()[:16]
    mirrored = mirror(take(blobs, rows, torch.device('cpu')), ALL)
    for image, empty, objects in zip(
        mirrored.before, mirrored.background, mirrored.objects_before, strict=True,
    ):
        seen = torch.tensor(brightest(image, empty), dtype=torch.float32)
        assert (objects[:, :2] - seen).norm(dim=1).min() < 4.0


def test_action_is_reflected_about_the_middle_of_the_view(mirror, batch):
    actions = mirror(batch, ALL).actions
    torch.testing.assert_close(actions[:, 0], 1.0 - batch.actions[:, 0])
    torch.testing.assert_close(actions[:, 2], math.pi - batch.actions[:, 2])
    assert torch.equal(actions[:, [1, 3]], batch.actions[:, [1, 3]])
