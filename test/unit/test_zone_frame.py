"""Claims about the frame in which a bin is at +y."""

import numpy as np
import pytest

from foresight.actions.push.toward_bin import turned_pushes
from foresight.settings import SIDES, SceneConfig
from foresight.zone_frame import ZoneFrame

SIZE = np.full((1, 2), 0.02)
PUSHES = np.random.default_rng(0).uniform(-3.0, 3.0, (20, 4))


def frame(*bins: str, **scene) -> ZoneFrame:
    config = SceneConfig(bins=bins, **scene)
    return ZoneFrame(config, config.zones[0])


def room(frame: ZoneFrame, x: float, y: float) -> float:
    point = np.array([[x, y]])
    return float(frame.room(point, point, SIZE)[0])


@pytest.mark.parametrize('side', SIDES)
def test_the_bin_lies_ahead_of_the_turned_table(side: str) -> None:
    scene = SceneConfig(bins=(side,), table_middle=0.05)
    (zone,), turned = scene.zones, frame(side, table_middle=0.05)
    middle = np.array([[np.mean(zone.x), np.mean(zone.y)]])
    assert turned.turned(middle)[0, 1] == pytest.approx(turned.ends[1] + scene.bin_depth / 2)
    assert turned.sides[0] < turned.turned(middle)[0, 0] < turned.sides[1]


@pytest.mark.parametrize('side', SIDES)
def test_pushes_come_back_as_they_were(side: str) -> None:
    turned = frame(side)
    there = turned_pushes(PUSHES, turned.turned, turned.quarters)
    ends = [values[:, :2] + values[:, 3:] * np.column_stack(
        [np.cos(values[:, 2]), np.sin(values[:, 2])]) for values in (PUSHES, there)]
    np.testing.assert_allclose(turned.turned(ends[0]), ends[1], atol=1e-12)
    again = turned_pushes(there, turned.back, -turned.quarters)
    np.testing.assert_allclose(again, PUSHES, atol=1e-12)


def test_with_the_bin_at_the_left_nothing_is_touched() -> None:
    assert turned_pushes(PUSHES, frame('left').turned, frame('left').quarters) is PUSHES
    assert frame('left').sides == SceneConfig().table_x


def test_room_is_counted_from_open_edges_alone() -> None:
    alone, two = frame('left'), frame('left', 'far')
    assert room(alone, 0.62, 0.0) == pytest.approx(0.01)
    assert room(alone, 0.475, 0.32) == pytest.approx(0.155)
    assert room(two, 0.62, 0.0) == pytest.approx(0.28)
    assert room(two, 0.66, 0.31) < 0.0  # neither bin reaches around the corner


def test_beside_an_opening_the_edge_is_open() -> None:
    part = frame('far', bin_span=(0.25, 0.75))
    assert part.narrow and part.opening == pytest.approx((-0.15, 0.15))
    assert part.aside(part.turned(np.array([[0.5, 0.2], [0.5, -0.1]]))) == pytest.approx(
        [0.05, 0.0])
    assert room(part, 0.0, 0.64) == pytest.approx(0.13)
    assert room(part, 0.2, 0.64) == pytest.approx(-0.01)


def test_an_opening_up_to_the_corner_leaves_the_corner_to_the_other_edge() -> None:
    assert frame('left').opening == (-np.inf, np.inf)
    assert frame('left', bin_span=(0.0, 0.5)).opening == (-np.inf, pytest.approx(0.475))
