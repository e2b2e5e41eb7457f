"""Intervals and percentiles for results tables: every interval holds 95 % of the cases."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int
from scipy.special import gammaincinv
from scipy.stats import binomtest, rankdata

TAILS = 0.025, 0.975
"""What an interval leaves out below and above."""


@dataclass(frozen=True)
class Interval:
    """A figure with its interval."""

    value: float
    low: float
    high: float

    def figures(self, name: str, digits: int = 4) -> dict[str, float]:
        """Return figure and interval, rounded, under a name: the way every document has them."""
        known = {name: self.value, f'{name}_low': self.low, f'{name}_high': self.high}
        return {key: round(value, digits) for key, value in known.items()}


@dataclass(frozen=True)
class Proportion(Interval):
    """A share of trials, 0 without any."""

    successes: int
    trials: int


@dataclass(frozen=True)
class Difference:
    """Mean of first minus second over pairs, with its interval."""

    mean: float
    low: float
    high: float
    pairs: int


def wilson(successes: int, trials: int) -> Proportion:
    """Compute a share with its Wilson score interval; (0, 1) without trials.

    Raises:
        ValueError: If the counts contradict each other.

    References:
        Wilson 1927, Probable inference, the law of succession, and statistical inference.
    """
    if not trials:
        return Proportion(0.0, 0.0, 1.0, successes, trials)
    found = binomtest(successes, trials).proportion_ci(method='wilson')
    return Proportion(successes / trials, float(found.low), float(found.high), successes, trials)


def poisson(events: int, exposure: float) -> Interval:
    """Compute events a unit of time, `exposure` long, with their exact interval.

    Raises:
        ValueError: If one of them is out of bounds.

    References:
        Garwood 1936, Fiducial limits for the Poisson distribution.
    """
    if events < 0 or exposure <= 0.0:
        raise ValueError(f'{events} events in {exposure}: need some time and no negative count')
    low = float(gammaincinv(events, TAILS[0])) if events else 0.0
    high = float(gammaincinv(events + 1, TAILS[1]))
    return Interval(events / exposure, low / exposure, high / exposure)


def bootstrap(
    statistic: Callable[[Int[np.ndarray, ' item']], float], count: int, resamples: int = 1000,
) -> Interval:
    """Return a statistic with its interval over resampled items.

    Args:
        statistic: Computes it from the indices of items.
        count: Number of items.
        resamples: Bootstrap resamples, always the same ones.
    """
    draws = np.random.default_rng(0).integers(0, count, size=(resamples, count))
    low, high = np.quantile([statistic(draw) for draw in draws], TAILS)
    return Interval(statistic(np.arange(count)), float(low), float(high))


def paired_difference(first: Sequence[float], second: Sequence[float]) -> Difference:
    """Compare scores of two policies in the same episodes by a bootstrap over the pairs.

    Raises:
        ValueError: If the lengths differ or nothing was measured.
    """
    if len(first) != len(second) or not first:
        raise ValueError(f'{len(first)} and {len(second)} scores: need as many of each, not none')
    deltas = np.asarray(first, float) - np.asarray(second, float)
    found = bootstrap(lambda draw: float(deltas[draw].mean()), len(deltas), resamples=10_000)
    return Difference(found.value, found.low, found.high, len(deltas))


def paired_success(first: Sequence[float], second: Sequence[float]) -> Difference:
    """Compare successes, 0 or 1, of two policies in the same episodes.

    Where no pair differs a bootstrap knows nothing of what so few pairs cannot exclude: the
    exact bound on how often pairs differ then stands for it.

    Raises:
        ValueError: If the lengths differ or nothing was measured.

    References:
        Clopper and Pearson 1934, The use of confidence or fiducial limits: none of n.
    """
    found = paired_difference(first, second)
    if list(first) != list(second):
        return found
    bound = 1.0 - TAILS[0] ** (1.0 / found.pairs)
    return Difference(0.0, -bound, bound, found.pairs)


def rank_correlation(
    first: Float[np.ndarray, ' value'], second: Float[np.ndarray, ' value'],
) -> float:
    """Return how far two measurements put the same things in the same order, in [-1, 1].

    Equal values share their mean rank; where one side has no order at all the answer is 0.

    References:
        Spearman 1904, The proof and measurement of association between two things.
    """
    one, other = (rankdata(values) - (len(values) + 1) / 2 for values in (first, second))
    scale = math.sqrt(float((one**2).sum() * (other**2).sum()))
    return float((one * other).sum()) / scale if scale > 0.0 else 0.0


def percentile(values: Sequence[float], share: float) -> float:
    """Return the smallest value that at least `share`, in (0, 100], of `values` do not exceed.

    Without values it is NaN.
    """
    if not values:
        return math.nan
    return float(np.percentile(np.asarray(values, float), share, method='inverted_cdf'))
