"""Claims about the judge: each way to break a promise is found, and a kept one is."""

from dataclasses import replace

import numpy as np
import pytest

from foresight.faults.fault import Fault, Promise, Rogue, Way
from foresight.faults.judge import judge
from foresight.faults.trace import Moment, Said, Trace
from foresight.robots.status import Status

FASTEST = np.full(7, 2.0)
STOPS = Promise('stops', Way.STOPS, node='guard', says=(Status.RIVAL,), within=0.6)


def at(time: float) -> Moment:
    return Moment(time, 100.0 + 2.0 * time)


def good() -> Trace:
    """An arm that is told to stop at 1.0 s and stands at 1.5 s; another action begins at 4 s."""
    speeds = [(at(0.01 * k), 0.5 if k < 150 else 0.0) for k in range(300)]
    return Trace(
        speeds, [(np.zeros(7), np.full(7, 1.9))] * 10,
        [Said(at(0.9), 'guard', Status.OK), Said(at(1.1), 'guard', Status.RIVAL)], [at(4.0)],
    )


def judged(trace: Trace, promise: Promise = STOPS):
    return judge(Fault('a rival', Rogue(), promise), 3, trace, at(1.0), at(2.5), FASTEST)


def test_a_kept_promise_has_its_times():
    outcome = judged(good())
    assert outcome.kept and (outcome.fault, outcome.repeat) == ('a rival', 3)
    found = (outcome.said, outcome.stood, outcome.went_on, outcome.wall)
    assert found == pytest.approx((0.1, 0.5, 1.5, 1.0))


def silent(trace: Trace) -> None:
    trace.said.clear()


def slow(trace: Trace) -> None:
    trace.speeds[:] = [(when, 0.5 if when.time < 1.7 else 0.0) for when, _ in trace.speeds]


def twitching(trace: Trace) -> None:
    trace.speeds[240] = trace.speeds[240][0], 0.1


def ended(trace: Trace) -> None:
    trace.actions.clear()


def not_finite(trace: Trace) -> None:
    trace.told.append((np.full(7, np.nan), np.zeros(7)))


def too_fast(trace: Trace) -> None:
    trace.told.append((np.zeros(7), np.full(7, 2.1)))


@pytest.mark.parametrize(('spoil', 'words'), [
    (silent, 'did not say RIVAL'), (slow, 'stood after 0.70 s only'),
    (twitching, 'stood after 1.41 s only'), (ended, 'did not go on'),
    (not_finite, 'not finite'), (too_fast, 'faster than a joint may be'),
])
def test_what_is_not_kept_is_named(spoil, words):
    trace = good()
    spoil(trace)
    outcome = judged(trace)
    assert not outcome.kept and len(outcome.broken) == 1 and words in outcome.broken[0]


def test_an_arm_that_moves_on_does_not_stand():
    trace = good()
    trace.speeds[:] = [(when, 0.5) for when, _ in trace.speeds]
    assert judged(trace).broken == ('the arm did not stand',)


def test_an_arm_that_is_to_go_on_hears_no_complaint():
    goes_on = Promise('goes on', Way.GOES_ON)
    assert judged(good(), goes_on).broken == ('the guard said RIVAL',)
    calm = good()
    calm.said[-1] = replace(calm.said[-1], status=Status.IDLE)
    assert judged(calm, goes_on).kept


def test_an_arm_that_may_do_either_is_judged_by_the_rest():
    either = Promise('goes on or stops', Way.EITHER)
    moving = good()
    moving.speeds[:] = [(when, 0.5) for when, _ in moving.speeds]
    assert judged(good(), either).kept and judged(moving, either).kept


def test_what_is_said_too_late_is_not_kept():
    ends = replace(STOPS, way=Way.ENDS, within=0.05)
    assert judged(good(), ends).broken == ('guard did not say RIVAL within 0.05 s',)


@pytest.mark.parametrize(('times', 'held_up'), [
    ((1.0, 1.05, 1.1, 4.0, 4.05), False), ((1.0, 1.05, 1.4, 1.45), True), ((), False),
])
def test_a_planner_that_is_held_up_is_told_from_one_that_waits(times, held_up):
    trace = Trace(plans=[at(time) for time in times])
    assert trace.held_up is held_up
