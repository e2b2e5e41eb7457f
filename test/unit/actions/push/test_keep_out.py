import math
from dataclasses import FrozenInstanceError

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from foresight.actions.push.keep_out import KeepOut, keep_out_zones
from foresight.errors import ConfigError
from foresight.robots.tool import Tool

TOOL = Tool(width=0.12, depth=0.03, face=0.005)
ZONE = KeepOut((0.4, 0.5), (-0.05, 0.05), TOOL)


def allowed(guardrail, *action):
    return bool(guardrail(torch.tensor([action]))[0])


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
    along = torch.linspace(-TOOL.depth / 2, length + TOOL.depth / 2, 60)
    across = torch.linspace(-TOOL.width / 2, TOOL.width / 2, 30)
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


def test_a_guardrail_cannot_be_changed():
    with pytest.raises(FrozenInstanceError):
        ZONE.name = 'loose'


def test_zones_of_a_robot_keep_their_names():
    (zone,) = keep_out_zones([('glass', (0.4, 0.5, -0.05, 0.05))], TOOL)
    assert (zone.name, zone.x, zone.y) == ('glass', ZONE.x, ZONE.y)


def test_empty_bounds_are_an_error():
    with pytest.raises(ConfigError, match='keep_out'):
        KeepOut((0.5, 0.4), (0.0, 0.1), TOOL)
