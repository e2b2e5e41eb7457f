"""Claims about charts."""

import re

from foresight.viz.charts import cost_bars, histogram


def test_bars_share_one_zero() -> None:
    text = cost_bars({'left': 3.0, 'goal': -1.0})
    places = re.findall(r'left:([\d.]+)%;width:([\d.]+)%', text)
    assert places == [('25.00', '75.00'), ('0.00', '25.00')]


def test_no_terms_give_no_chart() -> None:
    assert cost_bars({}) == ''


def test_histogram_marks_median_and_budget() -> None:
    text = histogram([10.0, 20.0, 30.0], limit=50.0)
    assert 'median 20' in text
    assert 'budget 50' in text


def test_histogram_of_equal_values_has_one_bar() -> None:
    assert histogram([0.0, 0.0]).count('<rect') == 1
