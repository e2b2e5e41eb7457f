"""Whatever is wanted of it, a motion keeps every limit on every tick, and comes to rest."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from foresight.robots.limits import JointLimits
from foresight.robots.motion import Motion

MARGIN = 0.01


def limits(jerk: float = 2000.0, low: float = -1.0) -> JointLimits:
    return JointLimits(('a', 'b'), np.array([low, -2.0]), np.ones(2), np.array([2.0, 3.0]),
                       np.array([10.0, 5.0]), np.array([jerk, 10.0 * jerk]))


def shares(trace: list[np.ndarray], of: JointLimits, period: float) -> list[float]:
    """Largest velocity, acceleration and jerk, and way beyond the position limits."""
    positions = np.stack([trace[0], trace[0], trace[0], *trace])
    found, rate = [], positions
    for limit in (of.velocity, of.acceleration, of.jerk):
        rate = np.diff(rate, axis=0) / period
        found.append(float((np.abs(rate) / limit).max()))
    beyond = np.maximum(positions - of.high, of.low - positions)
    return [*found, 1.0 + float(beyond.max())]


@settings(deadline=None, max_examples=60)
@given(
    seed=st.integers(0, 10_000), jerk=st.sampled_from([60.0, 2000.0, 1e5]),
    period=st.sampled_from([0.001, 0.01, 0.05]), hold=st.integers(1, 60),
    start=hnp.arrays(float, 2, elements=st.floats(-0.999, 0.999)),
)
def test_no_wish_breaks_a_limit(seed, jerk, period, hold, start) -> None:
    generator, given_limits = np.random.default_rng(seed), limits(jerk)
    motion = Motion(given_limits, MARGIN, 1.0, period)
    motion.start(start)
    trace = [motion.positions]
    for tick in range(300):
        if tick % hold == 0:
            wanted, speed = generator.uniform(-2, 2, 2), generator.normal(0, 3, 2)
            halts = generator.random() < 0.2
        if halts:
            motion.halt()
        else:
            motion.go(wanted, speed)
        trace.append(motion.positions)
        np.testing.assert_allclose(
            motion.velocities, (trace[-1] - trace[-2]) / period, atol=1e-9 / period)
    assert max(shares(trace, given_limits, period)) <= 1.0 + 1e-6


@pytest.mark.parametrize('jerk', [200.0, 2000.0])
def test_a_place_is_reached_without_running_past_it(jerk: float) -> None:
    motion, goal = Motion(limits(jerk), MARGIN, 1.0, 0.01), np.array([0.6, -0.7])
    trace = []
    for _ in range(600):
        motion.go(goal, np.zeros(2))
        trace.append(motion.positions)
    assert motion.at_rest
    np.testing.assert_allclose(motion.positions, goal, atol=1e-6)
    assert (np.stack(trace) * np.sign(goal) <= np.abs(goal) + 1e-6).all()


def test_a_motion_within_the_limits_is_followed_exactly() -> None:
    motion, times = Motion(limits(), MARGIN, 1.0, 0.01), np.arange(0.0, 2.0, 0.01)
    wanted = 0.4 * (1.0 - np.cos(3.0 * times))[:, None] * np.array([1.0, -1.0])
    for before, after in zip(wanted, wanted[1:]):
        motion.go(after, (after - before) / 0.01)
        np.testing.assert_allclose(motion.positions, after, atol=1e-12)


def test_halting_takes_the_shortest_stop_and_ends_at_rest() -> None:
    motion = Motion(limits(), MARGIN, 1.0, 0.01)
    for tick in range(1, 41):
        motion.go(np.full(2, 0.01 * tick), np.full(2, 1.0))
    for _ in range(40):
        motion.halt()
    assert motion.at_rest


def test_an_arm_that_stands_in_the_margin_stays_and_may_only_leave_inward() -> None:
    motion = Motion(limits(), 0.1, 1.0, 0.01)
    motion.start(np.array([0.95, 0.0]))
    motion.go(np.array([2.0, 0.0]), np.array([1.0, 0.0]))
    assert motion.positions[0] == 0.95
    for _ in range(300):
        motion.go(np.zeros(2), np.zeros(2))
    np.testing.assert_allclose(motion.positions, 0.0, atol=1e-6)
