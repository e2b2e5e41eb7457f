"""The shipped world model notices what a hand does, and nothing where nobody does anything."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from foresight.agent.following import SurpriseConfig
from foresight.experiments.surprise.play import DisturbedPlay
from foresight.experiments.surprise.players import SurprisePlayers
from foresight.files import share
from foresight.sim.disturbance import ADDED, BUMPED, MOVED
from foresight.sim.settings import SimConfig

SEED, DURING = 6801, (6806, 6813, 6816, 6818)


@pytest.fixture(scope='module')
def players() -> SurprisePlayers:
    config = replace(SurpriseConfig(), watch=True)
    return SurprisePlayers(share('models/clear_table'), SimConfig(), config)


@pytest.fixture(scope='module')
def watching(players) -> Iterator[DisturbedPlay]:
    with players() as made:
        yield made


def test_undisturbed_play_raises_no_alarm_and_saves_plans(watching):
    played = watching.play(SEED)
    assert played.alarms == () and not played.stop
    assert played.success
    assert played.plans + played.followed == played.actions and played.followed > 0


@pytest.mark.parametrize('kind', [MOVED, ADDED])
def test_what_a_hand_does_at_rest_is_noticed_before_the_next_action(watching, kind):
    played = watching.play(SEED, kind)
    assert not played.during and played.disturbed_at is not None
    assert played.delay is not None and played.delay < 0.3
    assert played.late == 0 and not played.stop


def test_what_a_hand_does_during_an_action_is_noticed_after_it(watching):
    # Not each time: docs/results/surprise.md has the share, and rounding may change an episode.
    played = [watching.play(seed, MOVED) for seed in DURING]
    assert all(one.during and one.disturbed_at is not None for one in played)
    assert any(one.delay is not None and one.late == 0 for one in played)


def test_a_bumped_camera_stops_the_planner(watching):
    played = watching.play(SEED, BUMPED)
    assert 'capture the background' in played.stop
    assert played.false_alarms == 0


def test_the_same_seed_goes_the_same_way(players, watching):
    with players() as another:
        assert another.play(SEED, MOVED) == watching.play(SEED, MOVED)
