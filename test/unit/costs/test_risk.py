import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from foresight.costs.risk import make_risk, tail_weights

COSTS = torch.tensor([[3.0, 1.0, 4.0, 2.0], [0.0, 0.0, 0.0, 8.0]])


def cost(kind, alpha=0.5):
    return (make_risk(kind, alpha)(COSTS) * COSTS).sum(dim=1).tolist()


def test_mean_worst_and_tail_are_what_they_are_called():
    assert cost('mean') == pytest.approx([2.5, 2.0])
    assert cost('worst') == pytest.approx([4.0, 8.0])
    assert cost('cvar', 0.5) == pytest.approx([3.5, 4.0])


def test_a_future_on_the_border_counts_in_part():
    assert tail_weights(COSTS[0], 0.375).tolist() == pytest.approx([1 / 3, 0.0, 2 / 3, 0.0])


def test_off_weighs_nothing():
    assert make_risk('off', 0.5) is None


def test_a_cost_that_is_no_number_counts_as_the_costliest():
    weights = tail_weights(torch.tensor([1.0, float('nan'), 2.0]), 1 / 3)
    assert weights.tolist() == [0.0, 1.0, 0.0]


@pytest.mark.parametrize('share', [0.0, 1.5, float('nan')])
def test_an_impossible_share_is_refused(share):
    with pytest.raises(ValueError, match='share'):
        tail_weights(COSTS, share)


@given(
    st.lists(st.floats(-100, 100), min_size=1, max_size=20),
    st.floats(0.01, 1.0), st.floats(0.01, 1.0),
)
def test_weights_sum_to_one_and_a_smaller_tail_costs_no_less(costs, one, other):
    costs = torch.tensor(costs, dtype=torch.float64)
    weights = [tail_weights(costs, share) for share in sorted((one, other))]
    assert all(float(item.sum()) == pytest.approx(1.0) for item in weights)
    small, large = ((item * costs).sum() for item in weights)
    assert small >= large - 1e-3
