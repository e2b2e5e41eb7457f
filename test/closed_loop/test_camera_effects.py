"""Cameras change pictures, the same way for the same seed, and tables are cleared all the same."""

import numpy as np
import pytest

from foresight.errors import ConfigError
from foresight.files import share
from foresight.rollout.players import ClearTablePlayers
from foresight.settings import CLEAR_TABLE
from foresight.sim.camera_effects import EFFECTS, make_effect
from foresight.sim.clear_table import ClearTable
from foresight.sim.settings import CameraConfig, SimConfig


@pytest.fixture(scope='module')
def picture():
    with ClearTable(SimConfig()) as table:
        return table.reset(7).image


@pytest.mark.parametrize('name', EFFECTS)
def test_an_effect_changes_a_picture_and_keeps_its_kind(picture, name):
    changed = make_effect(name)(picture, np.random.default_rng(0))
    assert (changed.shape, changed.dtype) == (picture.shape, np.uint8)
    assert (changed != picture).mean() > 0.01


def test_the_empty_table_is_seen_before_the_effect_and_each_picture_after_it():
    dark = CameraConfig(effect='darker_30')
    with ClearTable(SimConfig()) as clear, ClearTable(SimConfig(), camera=dark) as table:
        usual, seen = clear.reset(7).image, table.reset(7).image
        np.testing.assert_array_equal(table.background, clear.background)
        np.testing.assert_array_equal(seen, EFFECTS['darker_30'](usual, np.random.default_rng(0)))


def test_noise_is_that_of_the_seed():
    with ClearTable(SimConfig(), camera=CameraConfig(effect='noise_8')) as table:
        first, again, other = (table.reset(seed).image for seed in (7, 7, 8))
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()


def test_a_camera_that_reacts_settles_anew_with_every_reset():
    with ClearTable(SimConfig(), camera=CameraConfig(effect='real')) as table:
        first, then, again = table.reset(7).image, table.observe().image, table.reset(7).image
    np.testing.assert_array_equal(first, again)
    assert (first != then).any()


def test_an_unknown_effect_is_refused():
    with pytest.raises(ConfigError, match='choose one of none, noise_4'):
        CameraConfig(effect='fog')


@pytest.mark.parametrize('effect', ['darker_30', 'white_balance_8', 'noise_8', 'shift_1'])
def test_the_table_is_cleared_whatever_the_camera_does(effect):
    players = ClearTablePlayers(
        'planner', CLEAR_TABLE, SimConfig(object_set='unseen'), share('models/clear_table'),
        camera=CameraConfig(effect=effect),
    )
    with players() as player:
        assert player.play(3001).success
