"""Stops keep acceleration and jerk, end at rest, and take the time of the closed form."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from foresight.robots.stopping import Stopping, stop_time

PERIOD = 0.01
share = st.floats(-1.0, 1.0, allow_subnormal=False)


@settings(deadline=None)
@given(
    most=st.floats(0.5, 50.0), jerk=st.floats(20.0, 20_000.0), top=st.floats(0.1, 5.0),
    speed=share, pull=share, period=st.sampled_from([0.001, 0.01, 0.1]),
)
def test_a_stop_keeps_the_limits_and_ends_at_rest(most, jerk, top, speed, pull, period) -> None:
    limits = [np.array([value]) for value in (top, most, jerk)]
    stopping = Stopping(*limits, period)
    velocity, acceleration = np.array([speed * top]), np.array([pull * most])
    stop = stopping.stop(velocity, acceleration)
    assert np.abs(stop).max() <= most * (1.0 + 1e-9)
    change = np.diff(np.concatenate([acceleration[None], stop, np.zeros((1, 1))]), axis=0)
    assert np.abs(change).max() <= jerk * period * (1.0 + 1e-9)
    assert abs(velocity[0] + stop.sum() * period) <= 1e-7


@settings(deadline=None)
@given(most=st.floats(1.0, 20.0), jerk=st.floats(100.0, 10_000.0), top=st.floats(0.2, 3.0))
def test_time_and_way_of_a_stop_are_those_of_the_closed_form(most, jerk, top) -> None:
    velocity, limits = np.array([top]), [np.array([value]) for value in (top, most, jerk)]
    stop = Stopping(*limits, PERIOD).stop(velocity, np.zeros(1))
    ticks = int(np.flatnonzero(np.abs(stop[:, 0]) > 1e-9)[-1]) + 1  # until the velocity is 0
    time = stop_time(velocity, np.zeros(1), *limits[1:])[0]
    assert abs(ticks * PERIOD - time) <= PERIOD + 1e-9
    way = np.cumsum(velocity + np.cumsum(stop[:, 0]) * PERIOD)[-1] * PERIOD
    assert abs(way - top * time / 2.0) <= top * PERIOD + 1e-9


def test_the_closed_form_knows_both_kinds_of_stop() -> None:
    ones = np.ones(1)
    # 2 rad/s at 4 rad/s^2 and 40 rad/s^3: ramps of 0.1 s, 0.4 s between; 0.1 rad/s: ramps alone.
    np.testing.assert_allclose(stop_time(2 * ones, 0 * ones, 4 * ones, 40 * ones), 0.6)
    np.testing.assert_allclose(stop_time(0.1 * ones, 0 * ones, 4 * ones, 40 * ones), 0.1)
