import math
from dataclasses import FrozenInstanceError

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from foresight.costs.guardrails import ActionBox, KeepOut
from foresight.errors import ConfigError

ZONE = KeepOut(x=(0.4, 0.5), y=(-0.05, 0.05))


def allowed(guardrail, *action):
    return bool(guardrail(torch.tensor([action]))[0])


def test_a_box_allows_its_edges_and_nothing_beyond():
    box = ActionBox((0.0, 0.0), (1.0, 2.0))
    assert allowed(box, 0.0, 2.0)
    assert not allowed(box, 1.001, 1.0)
    assert not allowed(box, 0.5, math.nan)


def test_a_push_through_the_zone_is_refused():
    assert not allowed(ZONE, 0.45, -0.2, math.pi / 2, 0.3)


def test_a_push_that_ends_before_the_zone_is_allowed():
    assert allowed(ZONE, 0.45, -0.2, math.pi / 2, 0.10)
    assert not allowed(ZONE, 0.45, -0.2, math.pi / 2, 0.15)


def test_the_width_of_the_tool_counts():
    assert not allowed(ZONE, 0.55, -0.2, math.pi / 2, 0.3)
    assert allowed(ZONE, 0.57, -0.2, math.pi / 2, 0.3)


def test_a_slanted_push_past_the_corner_is_allowed():
    assert allowed(ZONE, 0.62, 0.03, 3 * math.pi / 4, 0.2)
    assert not allowed(ZONE, 0.62, -0.02, 3 * math.pi / 4, 0.2)


@given(
    st.floats(0.2, 0.8), st.floats(-0.3, 0.3), st.floats(-math.pi, math.pi), st.floats(0.05, 0.4),
)
def test_no_point_that_an_allowed_push_sweeps_is_in_the_zone(x, y, heading, length):
    if not allowed(ZONE, x, y, heading, length):
        return
    along = torch.linspace(-ZONE.tool_depth / 2, length + ZONE.tool_depth / 2, 60)
    across = torch.linspace(-ZONE.tool_width / 2, ZONE.tool_width / 2, 30)
    s, t = torch.meshgrid(along, across, indexing='ij')
    px = x + s * math.cos(heading) - t * math.sin(heading)
    py = y + s * math.sin(heading) + t * math.cos(heading)
    margin = 1e-5
    inside = (px > 0.4 + margin) & (px < 0.5 - margin) & (py.abs() < 0.05 - margin)
    assert not inside.any()


@given(st.floats(0.2, 0.8), st.floats(-0.3, 0.3), st.floats(-math.pi, math.pi))
def test_a_push_that_is_refused_touches_the_zone(x, y, heading):
    length = 0.2
    if allowed(ZONE, x, y, heading, length):
        return
    s, t = torch.meshgrid(
        torch.linspace(-0.016, length + 0.016, 120), torch.linspace(-0.061, 0.061, 80),
        indexing='ij',
    )
    px = x + s * math.cos(heading) - t * math.sin(heading)
    py = y + s * math.sin(heading) + t * math.cos(heading)
    assert ((px > 0.397) & (px < 0.503) & (py.abs() < 0.053)).any()


@pytest.mark.parametrize('guardrail', [ZONE, ActionBox((0.0,), (1.0,))])
def test_a_guardrail_cannot_be_changed(guardrail):
    with pytest.raises(FrozenInstanceError):
        guardrail.name = 'loose'


def test_empty_bounds_are_an_error():
    with pytest.raises(ConfigError, match='keep_out'):
        KeepOut(x=(0.5, 0.4), y=(0.0, 0.1))
    with pytest.raises(ConfigError, match='action_box'):
        ActionBox((1.0,), (0.0,))
    with pytest.raises(ConfigError, match='action_box'):
        ActionBox((1.0,), (2.0, 3.0))
