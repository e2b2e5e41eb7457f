"""Claims about disturbances in the simulator."""

import numpy as np
import pytest

from foresight.errors import ConfigError
from foresight.sim.disturbance import ADDED, BUMPED, KINDS, MOVED, REMOVED, DisturbedTable
from foresight.sim.settings import SimConfig


@pytest.fixture(scope='module')
def table():
    with DisturbedTable(SimConfig()) as made:
        yield made


def disturbed(table, kind, seed=3100):
    """Reset, let something happen after half a second, and let it come to rest."""
    table.reset(seed)
    before = table.objects()
    table.disturb(kind, 0.5)
    table.wait(0.4)
    assert table.disturbed_at is None
    table.wait(0.2)
    assert table.time - table.disturbed_at == pytest.approx(0.1, abs=0.011)
    assert table.settle()
    return before, table.objects()


def test_one_object_is_moved_far_and_the_others_stay(table):
    before, after = disturbed(table, MOVED)
    gaps = np.linalg.norm(after.positions[:, :2] - before.positions[:, :2], axis=1)
    assert sorted(gaps > 0.08) == [False, False, True]
    assert after.status == ('table',) * 3


def test_an_object_is_taken_and_the_rest_can_be_cleared(table):
    before, after = disturbed(table, REMOVED)
    assert len(after.names) == 2 and set(after.names) < set(before.names)
    assert table.outcome().remaining == 2


def test_an_object_is_added_clear_of_the_others(table):
    before, after = disturbed(table, ADDED)
    assert after.names[:3] == before.names and after.names[3] == '3_added'
    np.testing.assert_allclose(after.positions[:3], before.positions, atol=0.003)
    assert table.outcome().remaining == 4


def test_a_bumped_camera_sees_another_image_and_reports_the_old_pose(table):
    first = table.reset(3100)
    disturbed(table, BUMPED)
    seen = table.observe()
    assert (seen.image != first.image).any(axis=-1).mean() > 0.05
    np.testing.assert_array_equal(seen.view.base_from_camera, first.view.base_from_camera)
    np.testing.assert_array_equal(table.reset(3100).image, first.image)


@pytest.mark.parametrize('kind', KINDS)
def test_the_seed_decides_what_happens(table, kind):
    _, once = disturbed(table, kind, 3101)
    image = table.observe().image
    _, again = disturbed(table, kind, 3101)
    np.testing.assert_array_equal(once.positions, again.positions)
    np.testing.assert_array_equal(image, table.observe().image)


def test_an_unknown_disturbance_is_refused(table):
    with pytest.raises(ConfigError, match='moved, removed, added, bumped'):
        table.disturb('stolen', 0.0)
