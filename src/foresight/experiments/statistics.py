"""Intervals and percentiles for results tables."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int
from scipy.special import gammaincinv

SHARE = 0.95
"""Share of the cases that every interval here is to hold."""
NORMAL_95 = 1.959963984540054
"""Two-sided 95 % quantile of the standard normal distribution."""


@dataclass(frozen=True)
class Proportion:
    """A success rate with its 95 % interval.

    Attributes:
        successes: Episodes that succeeded.
        trials: Episodes that ran.
        low: Lower end of the Wilson interval.
        high: Upper end of the Wilson interval.
    """

    successes: int
    trials: int
    low: float
    high: float

    @property
    def rate(self) -> float:
        """Share of the trials that succeeded; 0 without trials."""
        return self.successes / self.trials if self.trials else 0.0

    def figures(self, name: str) -> dict[str, float]:
        """Return rate and interval, rounded, under a name: the way every document has them."""
        known = {name: self.rate, f'{name}_low': self.low, f'{name}_high': self.high}
        return {key: round(value, 4) for key, value in known.items()}


@dataclass(frozen=True)
class Difference:
    """Mean paired difference with its 95 % interval.

    Attributes:
        mean: Mean of first minus second.
        low: Lower end of the interval.
        high: Upper end of the interval.
        pairs: Number of pairs.
    """

    mean: float
    low: float
    high: float
    pairs: int


def wilson(successes: int, trials: int) -> Proportion:
    """Compute a success rate with its Wilson score interval.

    Args:
        successes: Number of successes, 0 to `trials`.
        trials: Number of trials; 0 gives the interval (0, 1).

    Raises:
        ValueError: If the counts contradict each other.

    References:
        Wilson 1927, Probable inference, the law of succession, and statistical inference.
    """
    if not 0 <= successes <= trials:
        raise ValueError(f'{successes} successes in {trials} trials: need 0 to {trials}')
    if trials == 0:
        return Proportion(0, 0, 0.0, 1.0)
    rate, spread = successes / trials, NORMAL_95**2 / trials
    centre = (rate + spread / 2) / (1 + spread)
    half = math.sqrt(rate * (1 - rate) * spread + spread**2 / 4) / (1 + spread)
    low = 0.0 if successes == 0 else centre - half
    high = 1.0 if successes == trials else centre + half
    return Proportion(successes, trials, low, high)


def paired_difference(
    first: Sequence[float],
    second: Sequence[float],
    resamples: int = 10_000,
    seed: int = 0,
) -> Difference:
    """Compare two policies on the same seeds by a bootstrap over the pairs.

    Args:
        first: Score of the first policy in each episode.
        second: Score of the second policy in the same episodes.
        resamples: Bootstrap resamples.
        seed: Seed of the resampling.

    Raises:
        ValueError: If the lengths differ or nothing was measured.
    """
    if len(first) != len(second) or not first:
        raise ValueError(f'{len(first)} and {len(second)} scores: need as many of each, not none')
    deltas = np.asarray(first, float) - np.asarray(second, float)
    generator = np.random.default_rng(seed)
    draws = generator.integers(0, len(deltas), size=(resamples, len(deltas)))
    low, high = np.percentile(deltas[draws].mean(axis=1), (2.5, 97.5))
    return Difference(float(deltas.mean()), float(low), float(high), len(deltas))


def rank_correlation(
    first: Float[np.ndarray, ' value'], second: Float[np.ndarray, ' value'],
) -> float:
    """Return how far two measurements put the same things in the same order, in [-1, 1].

    Equal values share their mean rank; where one side has no order at all the answer is 0.

    References:
        Spearman 1904, The proof and measurement of association between two things.
    """
    one, other = (_ranks(values) - (len(values) - 1) / 2 for values in (first, second))
    scale = math.sqrt(float((one**2).sum() * (other**2).sum()))
    return float((one * other).sum()) / scale if scale > 0.0 else 0.0


def _ranks(values: Float[np.ndarray, ' value']) -> Float[np.ndarray, ' value']:
    """Return the rank of each value from 0; equal values share their mean rank."""
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    return np.asarray((counts.cumsum() - (counts + 1) / 2)[place])


def bootstrap(
    statistic: Callable[[Int[np.ndarray, ' item']], float], count: int, resamples: int = 1000,
    seed: int = 0,
) -> tuple[float, float]:
    """Return the 95 % interval of a statistic over resampled items.

    Args:
        statistic: Computes it from the indices of items.
        count: Number of items.
        resamples: Bootstrap resamples.
        seed: Seed of the resampling.
    """
    draws = np.random.default_rng(seed).integers(0, count, size=(resamples, count))
    low, high = np.percentile([statistic(draw) for draw in draws], (2.5, 97.5))
    return float(low), float(high)


def percentile(values: Sequence[float], share: float) -> float:
    """Return the smallest value that at least `share` of `values` do not exceed.

    Args:
        values: Measured values; empty gives NaN.
        share: Percentile in (0, 100].
    """
    if not values:
        return math.nan
    return float(np.percentile(np.asarray(values, float), share, method='inverted_cdf'))


@dataclass(frozen=True)
class Rate:
    """How often something happens, with its 95 % interval.

    Attributes:
        events: How often it happened.
        exposure: In how much time.
        low: Lower end of the interval, in events a unit of time.
        high: Upper end of the interval.
    """

    events: int
    exposure: float
    low: float
    high: float

    @property
    def mean(self) -> float:
        """Events a unit of time."""
        return self.events / self.exposure


def poisson(events: int, exposure: float) -> Rate:
    """Compute how often something happens with its exact interval.

    Args:
        events: How often it happened.
        exposure: In how much time, above 0.

    Raises:
        ValueError: If one of them is out of bounds.

    References:
        Garwood 1936, Fiducial limits for the Poisson distribution.
    """
    if events < 0 or exposure <= 0.0:
        raise ValueError(f'{events} events in {exposure}: need some time and no negative count')
    tail = (1.0 - SHARE) / 2.0
    low = float(gammaincinv(events, tail)) if events else 0.0
    high = float(gammaincinv(events + 1, 1.0 - tail))
    return Rate(events, exposure, low / exposure, high / exposure)
