"""Claims about what counts as success."""

import numpy as np
import pytest

from foresight.errors import ConfigError
from foresight.settings import SceneConfig
from foresight.tasks.clear_table.score import glance, score
from foresight.tasks.scene_view import ObjectStates, SuccessRule
from foresight.tasks.success import SUCCESS, Success

SCENE = SceneConfig()
HERE = 0.45


def objects(*places, moving=False):
    """Objects at these (y, status), x in the middle of the table."""
    count = len(places)
    positions = np.array([[HERE, y, 0.0] for y, _ in places]).reshape(-1, 3)
    return ObjectStates(
        tuple(map(str, range(count))), positions, np.zeros((count, 4)), np.zeros((count, 3)),
        tuple(status for _, status in places), (moving,) * count,
    )


def rule(name, **parameters):
    return Success(name, tuple(parameters.items())).make(SCENE)


LEFT = {'y': [0.0, 0.3]}


@pytest.mark.parametrize('name', SUCCESS)
def test_every_rule_says_what_it_asks_and_takes_an_empty_table(name):
    needed = {'together': {'radius': 0.1}, 'out_of_zone': LEFT,
              'near_point': {'x': HERE, 'y': 0.0, 'radius': 0.1}}
    made = rule(name, **needed.get(name, {}))
    assert isinstance(made, SuccessRule) and made.about.startswith('every object')
    assert score(objects(), made).success


def test_a_region_asks_where_centres_on_the_table_are():
    left = rule('in_region', **LEFT)
    assert score(objects((0.1, 'table'), (0.2, 'table')), left).success
    assert not score(objects((0.1, 'table'), (-0.01, 'table')), left).success
    found = score(objects((0.1, 'table'), (0.1, 'floor'), (0.1, 'bin')), left)
    assert (found.cleared, found.dropped, found.remaining) == (1, 1, 1)


def test_what_still_moves_counts_only_at_a_glance():
    left = rule('in_region', **LEFT)
    rolling = objects((0.1, 'table'), moving=True)
    assert not score(rolling, left).success
    assert glance(rolling, left).success


def test_a_zone_shall_be_left_for_another_place_on_the_table():
    clear = rule('out_of_zone', y=[-0.1, 0.1])
    assert score(objects((0.2, 'table'), (-0.2, 'table')), clear).success
    assert not score(objects((0.0, 'table')), clear).success
    assert not score(objects((0.4, 'bin')), clear).success


def test_near_a_point_is_within_its_radius():
    near = rule('near_point', x=HERE, y=0.0, radius=0.1)
    assert score(objects((0.09, 'table'), (-0.09, 'table')), near).success
    assert not score(objects((0.11, 'table')), near).success


def test_together_is_near_the_middle_of_what_is_on_the_table():
    together = rule('together', radius=0.1)
    assert score(objects((0.0, 'table'), (0.15, 'table')), together).success
    assert not score(objects((0.0, 'table'), (0.25, 'table')), together).success
    one_fell = score(objects((0.0, 'table'), (0.4, 'bin')), together)
    assert (one_fell.cleared, one_fell.success) == (1, False)


@pytest.mark.parametrize(('name', 'parameters', 'message'), [
    ('in_region', {'y': [0.35, 0.5]}, 'is off the table, which is .*: move it there'),
    ('in_region', {'x': [0.9, 1.2], 'y': [0.0, 0.3]}, 'is off the table'),
    ('in_region', {'x': 0.3}, 'write lowest and highest x in m'),
    ('in_region', {'x': [0, 1]}, 'write lowest and highest x in m'),
    ('out_of_zone', {}, 'is the whole table: leave room beside it'),
    ('out_of_zone', {'y': [-0.3, 0.3]}, 'is the whole table'),
    ('near_point', {'x': 0.45, 'y': 0.6, 'radius': 0.2}, 'move the point or give a larger radius'),
    ('near_point', {'x': 0.45, 'y': 0.0, 'radius': 0.0}, 'give a larger radius'),
    ('near_point', {'x': 0.45, 'y': 'left', 'radius': 0.1}, 'y = .left.: write a number in m'),
    ('together', {'radius': 0.01}, 'things cannot come closer'),
    ('together', {'radius': 'near'}, 'radius = .near.: write at least'),
])
def test_a_rule_that_can_never_be_true_is_one_line_with_the_remedy(name, parameters, message):
    with pytest.raises(ConfigError, match=f'success rule {name}: .*{message}'):
        rule(name, **parameters)
