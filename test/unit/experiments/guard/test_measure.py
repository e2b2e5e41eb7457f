"""Every family of hostile streams ends with every limit kept; `make soak` does it for long."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foresight.experiments.guard.boundaries import SCRATCH, Held, held
from foresight.experiments.guard.families import FAMILIES
from foresight.experiments.guard.measure import ROUNDING, live, soak
from foresight.experiments.guard.page import page
from foresight.experiments.guard.stops import stops
from foresight.experiments.guard.world import World
from foresight.robots.arm import ArmModel
from foresight.robots.guard_config import GuardConfig
from foresight.robots.limits import JointLimits


@pytest.mark.parametrize('family', FAMILIES)
def test_no_stream_breaks_a_limit(family: str) -> None:
    row = soak(family, 500, seed=1)
    assert row.ticks == 500 and row.broken == row.not_finite == 0
    assert max(row.velocity, row.acceleration, row.jerk, row.position) <= 1.0 + ROUNDING
    assert row.untrue < 1e-6
    assert row.p99 < 50.0


@settings(deadline=None, max_examples=20)
@given(
    names=st.lists(st.sampled_from(sorted(FAMILIES)), min_size=1, max_size=6),
    seed=st.integers(0, 1000), margin=st.floats(0.0, 0.5), scale=st.floats(0.05, 1.0),
    rate=st.sampled_from([10.0, 100.0, 1000.0]), braking=st.floats(0.5, 50.0),
)
def test_no_mixture_of_streams_breaks_a_limit(names, seed, margin, scale, rate, braking) -> None:
    config = GuardConfig(
        position_margin=margin, velocity_scale=scale, rate=rate, stop_deceleration=braking,
    )
    limits = JointLimits.of(ArmModel.load('panda'))
    world = World(limits, config, np.random.default_rng(seed))
    shares, untrue, _ = live(world, [FAMILIES[name] for name in names], 300)
    assert (shares <= 1.0 + ROUNDING).all() and (shares[0] <= scale + ROUNDING).all()
    assert untrue.max() < 1e-6


@pytest.mark.parametrize('robot', ['panda', 'ur5e', 'xarm6'])
def test_stops_take_the_time_and_way_of_the_closed_form_within_a_tick(robot: str) -> None:
    for stop in stops(robot):
        assert abs(stop.time_off) <= 1.0 and abs(stop.way_off) <= 1.0


@pytest.mark.parametrize('stream', ['plans that jump', 'plans that claim other velocities'])
def test_no_stream_leads_a_fast_arm_into_its_table(stream: str) -> None:
    kept = held('ur5e', stream, 3, seed=0)
    assert kept.ticks == 1200 and kept.stops > 0 and kept.depth < SCRATCH


def test_the_page_says_what_was_broken() -> None:
    rows = [soak('honest plans', 100, seed=1)]
    kept = [('ur5e', Held('plans that jump', 400, 7, 0.0012))]
    text = page(rows, [('panda', stops('panda')[0])], kept, 'make soak', 'a machine')
    assert '100 ticks in 1 families' in text and '**0 ticks break one' in text
    assert '| plans that jump | ur5e | 400 | 7 | 1.2 |' in text and '**1.2 mm**' in text
    assert text.count('| panda | joint1 |') == 1
