"""Claims about intervals and percentiles."""

import math

import numpy as np
import pytest

from foresight.experiments.statistics import (
    bootstrap,
    paired_difference,
    paired_success,
    percentile,
    poisson,
    rank_correlation,
    wilson,
)


@pytest.mark.parametrize(
    ('successes', 'trials', 'low', 'high'),
    [(36, 40, 0.769, 0.960), (21, 30, 0.521, 0.833), (0, 10, 0.0, 0.2775), (100, 100, 0.963, 1.0)],
)
def test_wilson_equals_published_intervals(
    successes: int, trials: int, low: float, high: float
) -> None:
    result = wilson(successes, trials)
    assert result.value == successes / trials
    assert (result.low, result.high) == pytest.approx((low, high), abs=1e-3)


def test_wilson_knows_nothing_without_trials() -> None:
    result = wilson(0, 0)
    assert (result.low, result.high) == (0.0, 1.0)


def test_wilson_refuses_more_successes_than_trials() -> None:
    with pytest.raises(ValueError, match='must not be greater than n'):
        wilson(5, 4)


def test_paired_difference_sees_a_constant_gain() -> None:
    result = paired_difference([1.0] * 20, [0.0] * 20)
    assert (result.mean, result.low, result.high) == (1.0, 1.0, 1.0)


def test_paired_difference_of_equal_scores_is_not_significant() -> None:
    scores = [0.0, 1.0] * 10
    result = paired_difference(scores, list(reversed(scores)))
    assert result.low < 0.0 < result.high


def test_paired_difference_refuses_unequal_lengths() -> None:
    with pytest.raises(ValueError, match='as many of each'):
        paired_difference([1.0], [1.0, 0.0])


def test_percentile_returns_a_measured_value() -> None:
    values = [float(value) for value in range(1, 101)]
    assert percentile(values, 50.0) == 50.0
    assert percentile(values, 99.0) == 99.0


def test_percentile_of_nothing_is_nan() -> None:
    assert math.isnan(percentile([], 50.0))


def test_rank_correlation_sees_order_alone():
    values = np.array([0.1, 0.2, 0.3, 0.9])
    assert rank_correlation(values, np.exp(values)) == pytest.approx(1.0)
    assert rank_correlation(values, -values) == pytest.approx(-1.0)


def test_equal_values_share_their_rank():
    first, second = np.array([1.0, 1.0, 2.0, 3.0]), np.array([1.0, 2.0, 2.0, 3.0])
    expected = np.corrcoef([0.5, 0.5, 2.0, 3.0], [0.0, 1.5, 1.5, 3.0])[0, 1]
    assert rank_correlation(first, second) == pytest.approx(expected)


def test_no_order_at_all_correlates_with_nothing():
    assert rank_correlation(np.zeros(3), np.arange(3.0)) == 0.0


def test_bootstrap_interval_holds_the_mean_and_repeats():
    values = np.random.default_rng(0).normal(5.0, 1.0, 200)
    found = bootstrap(lambda chosen: float(values[chosen].mean()), len(values))
    assert found.low < found.value == values.mean() < found.high
    assert found.high - found.low == pytest.approx(4 / np.sqrt(200), rel=0.2)
    assert found == bootstrap(lambda chosen: float(values[chosen].mean()), len(values))


@pytest.mark.parametrize(('events', 'low', 'high'), [(0, 0.0, 3.689), (5, 1.623, 11.668)])
def test_poisson_interval_is_that_of_the_tables(events, low, high):
    rate = poisson(events, 2.0)
    assert rate.value == events / 2.0
    assert (2.0 * rate.low, 2.0 * rate.high) == pytest.approx((low, high), abs=1e-3)


def test_poisson_needs_time():
    with pytest.raises(ValueError, match='need some time'):
        poisson(1, 0.0)


def test_pairs_that_never_differ_still_exclude_little():
    found = paired_success([1.0] * 20, [1.0] * 20)
    assert found.mean == 0.0 and found.high == -found.low
    assert found.low == pytest.approx(-0.168, abs=1e-3)
    assert paired_success([0.0] * 122, [0.0] * 122).low > -0.03


def test_pairs_that_differ_are_compared_as_any_scores():
    first, second = [1.0, 1.0, 0.0, 1.0] * 8, [1.0, 0.0, 0.0, 1.0] * 8
    assert paired_success(first, second) == paired_difference(first, second)
