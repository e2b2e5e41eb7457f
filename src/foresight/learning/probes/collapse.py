"""Collapse alarm: stops a run whose latents carry no information; it needs no labels."""

import math
from dataclasses import asdict, dataclass

import torch
from jaxtyping import Float, Int
from torch import Tensor

from foresight.errors import CollapseError
from foresight.protocols import Latents

ACTIVE_SHARE = 0.05  # Share of the cells that counts as foreground.
PATIENCE = 300  # Steps before the alarm is armed: an untrained latent may look anyhow.


@dataclass(frozen=True)
class LatentHealth:
    """What the alarm looks at.

    Attributes:
        std: Root mean square deviation of the most active cells from their usual value, relative
            to the root mean square of the latent.
        rank: Effective number of independent features among those deviations.
        episode_share: Share of the variance that is constant within an episode, in [0, 1].
        temporal_change: Mean squared change by one action over that between any two images.
    """

    std: float
    rank: float
    episode_share: float
    temporal_change: float

    def known(self) -> dict[str, float]:
        """Return what is a number, also of what a child adds; JSON has no word for the rest."""
        return {name: value for name, value in asdict(self).items() if math.isfinite(value)}


@dataclass(frozen=True)
class HealthLimits:
    """Where the alarm trips."""

    std_low: float = 0.1
    rank_low: float = 2.0
    episode_share_high: float = 0.95
    temporal_change_low: float = 0.01


def effective_rank(features: Float[Tensor, 'row feature']) -> float:
    """Return the exponential of the entropy of the covariance spectrum.

    References:
        Roy and Vetterli, The effective rank, EUSIPCO 2007.
    """
    centred = features.double() - features.double().mean(dim=0)
    spectrum = torch.linalg.eigvalsh(centred.T @ centred).clamp(min=0.0)
    share = spectrum / spectrum.sum().clamp(min=1e-12)
    return float(torch.exp(-torch.special.xlogy(share, share).sum()))


def episode_share(latents: Float[Tensor, 'image *latent'],
                  episode: Int[Tensor, ' image']) -> float:
    """Estimate the share of the variance between episodes, without the bias of few images each.

    References:
        Donner, Review of inference procedures for the intraclass correlation, 1986.
    """
    rows = latents.flatten(1).double()
    _, member, counts = torch.unique(episode, return_inverse=True, return_counts=True)
    groups, images = len(counts), len(rows)
    if groups < 2 or images == groups:
        return 0.0
    means = torch.zeros(groups, rows.shape[1], dtype=rows.dtype).index_add_(0, member, rows)
    means /= counts[:, None]
    within = (rows - means[member]).square().sum() / (images - groups)
    spread = (means - rows.mean(dim=0)).square().sum(dim=1)
    between = (spread * counts).sum() / (groups - 1)
    size = (images - counts.double().square().sum() / images) / (groups - 1)
    excess = (between - within) / size
    return float((excess / (excess + within).clamp(min=1e-12)).clamp(0.0, 1.0))


def measure_health(before: Latents, after: Latents,
                   episode: Int[Tensor, ' batch']) -> LatentHealth:
    """Measure latents of the two sides of some actions, several of each episode."""
    before, after, episode = before.cpu().float(), after.cpu().float(), episode.cpu()
    both = torch.cat([before, after])
    deviation = (both - both.mean(dim=0)).permute(0, 2, 3, 1).flatten(0, 2)  # cell channel
    strength = deviation.square().mean(dim=1)
    active = deviation[strength.topk(max(2, round(ACTIVE_SHARE * len(strength)))).indices]
    scale = both.square().mean().sqrt().clamp(min=1e-12)
    spread = 2.0 * both.var(dim=0).sum()  # Mean squared distance of two images.
    change = (after - before).square().flatten(1).sum(dim=1).mean()
    return LatentHealth(
        std=float(active.square().mean().sqrt() / scale), rank=effective_rank(active),
        episode_share=episode_share(both, torch.cat([episode, episode])),
        temporal_change=float(change / spread.clamp(min=1e-12)),
    )


def check_health(health: LatentHealth, limits: HealthLimits = HealthLimits()) -> None:
    """Raise if the latents carry no information.

    Raises:
        CollapseError: With what is wrong and which setting to look at.
    """
    if health.std < limits.std_low:
        _stop(f'all images look alike (spread {health.std:.3f} < {limits.std_low})',
              'variance_weight (regularizer_weight of the other methods) or inverse_weight')
    if health.rank < limits.rank_low:
        _stop(f'only {health.rank:.1f} independent features (< {limits.rank_low})',
              'covariance_weight (regularizer_weight of the other methods)')
    if health.episode_share > limits.episode_share_high:
        _stop(f'{health.episode_share:.1%} of the variance is the same all through an episode '
              f'(> {limits.episode_share_high:.0%}): they hold its appearance, not its objects',
              'inverse_weight, and check that the empty-table images belong to the episodes')
    if health.temporal_change < limits.temporal_change_low:
        _stop(f'an action changes them by {health.temporal_change:.2%} of their spread '
              f'(< {limits.temporal_change_low:.0%})', 'inverse_weight')


def _stop(problem: str, remedy: str) -> None:
    raise CollapseError(f'the latents collapsed: {problem}. Raise {remedy}.')
