"""Bins stand at the side that they are said to, and the view must hold them."""

import pytest
import torch

from foresight.actions.push.macro_action import PushAction
from foresight.errors import ConfigError
from foresight.settings import SIDES, SceneConfig
from foresight.tasks.clear_table.cost_head import CostHead, Occupancy, Progress
from foresight.tasks.clear_table.score import place
from foresight.world_model.encoder import EncoderConfig
from foresight.world_model.scene_map import cell_centres, draw_scene

BEYOND = {'left': (0.475, 0.35), 'right': (0.475, -0.35), 'far': (0.7, 0.0), 'near': (0.25, 0.0)}


@pytest.mark.parametrize('side', SIDES)
def test_a_bin_lies_beyond_its_side_and_touches_the_table(side):
    zone, = SceneConfig(bins=(side,)).zones
    (x, y), scene = BEYOND[side], SceneConfig()
    assert zone.x[0] <= x <= zone.x[1] and zone.y[0] <= y <= zone.y[1]
    edges = scene.table_y if side in ('left', 'right') else scene.table_x
    assert zone.edge == pytest.approx(edges[1 if zone.outward > 0 else 0])
    assert zone.across[1] - zone.across[0] == pytest.approx(scene.bin_depth)


@pytest.mark.parametrize('side', SIDES)
def test_what_lies_there_is_cleared_and_elsewhere_it_is_dropped(side):
    scene = SceneConfig(bins=(side,))
    for name, (x, y) in BEYOND.items():
        where = place(torch.tensor([x, y, -0.05]).numpy(), scene)
        assert where == ('bin' if name == side else 'floor')


def test_a_bin_may_take_a_part_of_its_side():
    zone, = SceneConfig(bins=('far',), bin_span=(0.25, 0.75)).zones
    assert zone.y == pytest.approx((-0.15, 0.15))
    lying = torch.tensor([0.7, 0.2, -0.05]).numpy()
    assert place(lying, SceneConfig(bins=('far',), bin_span=(0.25, 0.75))) == 'floor'


def test_the_map_shows_every_bin():
    cell = 0.05**2
    both = draw_scene(SceneConfig(bins=('left', 'far')), (16, 24))[1]
    assert float(both.sum()) * cell == pytest.approx(0.35 * 0.2 + 0.6 * 0.2, rel=1e-3)


def test_the_way_is_that_to_the_nearest_bin():
    scene, encoder = SceneConfig(bins=('left', 'right')), EncoderConfig()
    head = CostHead(16, draw_scene(scene, encoder.grid))
    term = Progress(Occupancy(head), encoder, PushAction(scene))
    _, y = cell_centres(scene, encoder.grid)
    row = term._weights[0, encoder.grid[0] // 2, y.abs() < 0.3]
    assert row[0] < row[1] < row[len(row) // 2] > 0.7
    torch.testing.assert_close(row, row.flip(0))


@pytest.mark.parametrize(('changes', 'words'), [
    ({'bins': ()}, 'name each side once'), ({'bins': ('left', 'left')}, 'name each side once'),
    ({'bins': ('up',)}, 'left, right, far, near'), ({'bin_span': (0.6, 0.4)}, 'low before high'),
])
def test_bins_that_make_no_sense_are_refused(changes, words):
    with pytest.raises(ConfigError, match=words):
        SceneConfig(**changes)


@pytest.mark.parametrize('changes', [
    {'table_width': 1.0, 'bins': ('left', 'right')}, {'table_near': 0.6, 'bins': ('far',)},
])
def test_what_the_view_does_not_hold_is_refused(changes):
    with pytest.raises(ConfigError, match='table and bins reach from'):
        SceneConfig(**changes).check_view()
