"""Claims about cost terms of places, and of things that come together."""

import pytest
import torch

from foresight.actions.loading import load
from foresight.files import share
from foresight.tasks.gather.terms import Apart
from foresight.tasks.ingredients import Ingredients
from foresight.tasks.regions.terms import Inside, Kept, Outside, Way
from foresight.world_model.scene_map import cell_centres

KNOWN = Ingredients(load(share('models/clear_table'), 'cpu'))
X, Y = cell_centres(KNOWN.scene, KNOWN.encoder.grid)
LEFT = [0.0, 0.3]


def maps(*places, kind=0):
    """Objects in the cells at these (x, y)."""
    drawn = torch.zeros(1, 2, *KNOWN.encoder.grid)
    for x, y in places:
        drawn[0, kind, (X - x).abs().argmin(), (Y - y).abs().argmin()] += 1.0
    return drawn


def test_inside_and_outside_share_out_what_is_on_the_table():
    seen = maps((0.45, 0.1), (0.45, 0.2), (0.45, -0.1))
    assert Inside(KNOWN, y=LEFT).weigh(seen) == 2.0
    assert Outside(KNOWN, y=LEFT).weigh(seen) == 1.0
    assert Kept(KNOWN).weigh(seen) == -3.0


@pytest.mark.parametrize('term', [Inside(KNOWN), Outside(KNOWN, y=LEFT), Way(KNOWN, y=LEFT),
                                  Kept(KNOWN), Apart(KNOWN)])
def test_what_is_on_the_floor_is_no_concern_of_places(term):
    assert term.weigh(maps((0.45, -0.1), (0.35, -0.4), kind=1)) == 0.0


def test_the_way_is_that_to_the_nearest_point_of_the_region():
    way = Way(KNOWN, x=[0.4, 0.5], y=LEFT)
    assert way.weigh(maps((0.45, 0.125))) == 0.0
    nearer, farther = (way.weigh(maps((0.45, y))) for y in (-0.075, -0.275))
    assert farther - nearer == pytest.approx(0.2 / KNOWN.action.longest, rel=1e-4)


def test_things_are_apart_by_the_ways_between_them():
    apart = Apart(KNOWN, within=0.07)
    assert apart.weigh(maps((0.425, 0.025))) == 0.0
    assert apart.weigh(maps((0.425, 0.025), (0.425, 0.075))) == 0.0
    far = apart.weigh(maps((0.425, 0.025), (0.425, -0.275)))
    assert far == pytest.approx((0.3 - 0.07) / KNOWN.action.longest, rel=1e-4)
    three = apart.weigh(maps((0.425, 0.025), (0.425, 0.025), (0.425, -0.275)))
    assert three == pytest.approx(2 * far, rel=1e-4)
