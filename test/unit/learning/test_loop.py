import pytest

from foresight.learning.loop import learning_rate


def test_rate_rises_to_the_peak_and_falls_to_a_hundredth():
    rates = [learning_rate(step, 100, 1.0, 0.1) for step in range(100)]
    assert max(rates) == 1.0
    assert rates.index(1.0) == 9
    assert rates[0] == pytest.approx(0.1)
    assert rates[-1] == pytest.approx(0.01, abs=1e-3)


def test_rate_is_defined_for_one_step():
    assert learning_rate(0, 1, 1.0, 0.0) == 1.0
