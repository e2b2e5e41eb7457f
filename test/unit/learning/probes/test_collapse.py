import pytest
import torch

from foresight.errors import CollapseError
from foresight.learning.probes.collapse import (
    check_health,
    effective_rank,
    episode_share,
    measure_health,
)
from foresight.learning.probes.world_model import probe

EPISODE = torch.arange(16).repeat_interleave(6)
SHAPE = (len(EPISODE), 8, 16, 24)


def scattered(seed: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Make latents in which a few cells differ from image to image."""
    generator = torch.Generator().manual_seed(seed)

    def draw() -> torch.Tensor:
        active = torch.rand(SHAPE[0], 1, *SHAPE[2:], generator=generator) < 0.05
        return 1.0 + active * torch.randn(SHAPE, generator=generator)

    return draw(), draw()


@pytest.mark.parametrize('seed', range(5))
def test_alarm_is_silent_on_healthy_training(learn, other_blobs, seed):
    learner = learn(25, seed=seed)
    check_health(probe(learner, other_blobs, learner.config))


def test_alarm_trips_on_ema_without_regularizer(learn, other_blobs):
    learner = learn(
        60, regularizer='none', inverse_weight=0.0, ema_decay=0.9, learning_rate=3e-3,
    )
    with pytest.raises(CollapseError, match='look alike'):
        check_health(probe(learner, other_blobs, learner.config))


def test_alarm_trips_on_a_constant_latent():
    constant = torch.randn(1, *SHAPE[1:], generator=torch.Generator().manual_seed(0))
    before, after = (constant + 1e-3 * latent for latent in scattered(0))
    with pytest.raises(CollapseError, match='look alike'):
        check_health(measure_health(before, after, EPISODE))


def test_alarm_trips_on_rank_one():
    direction = torch.linspace(-1.0, 1.0, SHAPE[1])[:, None, None]
    before, after = (1.0 + latent[:, :1] * direction for latent in scattered(0))
    with pytest.raises(CollapseError, match='independent features'):
        check_health(measure_health(before, after, EPISODE))


def test_alarm_trips_on_appearance_of_the_episode():
    generator = torch.Generator().manual_seed(0)
    appearance = torch.randn(16, SHAPE[1], 1, 1, generator=generator)[EPISODE]
    before, after = (0.1 * latent + appearance for latent in scattered(0))
    with pytest.raises(CollapseError, match='appearance'):
        check_health(measure_health(before, after, EPISODE))


def test_alarm_trips_when_actions_change_nothing():
    before, _ = scattered(0)
    with pytest.raises(CollapseError, match='an action changes them'):
        check_health(measure_health(before, before, EPISODE))


def test_effective_rank_counts_equal_directions():
    assert effective_rank(torch.eye(5).repeat(20, 1)) == pytest.approx(4.0, abs=1e-6)


def test_episode_share_is_unbiased_for_few_images():
    generator = torch.Generator().manual_seed(0)
    noise = torch.randn(200, 50, generator=generator)
    assert episode_share(noise, torch.arange(100).repeat_interleave(2)) < 0.05
