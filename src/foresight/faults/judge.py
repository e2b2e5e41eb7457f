"""Tells whether a promise was kept."""

import numpy as np
from jaxtyping import Float

from foresight.faults.fault import Fault, Outcome, Promise, Way
from foresight.faults.trace import Moment, Trace

ROUNDING = 1.0001  # of a velocity limit


def judge(
    fault: Fault, repeat: int, trace: Trace, began: Moment, mended: Moment,
    fastest: Float[np.ndarray, ' joint'],
) -> Outcome:
    """Hold a trace against the promise.

    Args:
        fault: The fault and its promise.
        repeat: Which repeat this was.
        trace: What was seen, until the episode went on or time was up.
        began: When the fault began.
        mended: When it was mended.
        fastest: Velocity limits [rad/s].
    """
    promise = fault.promise
    said = trace.first_said(promise.node, promise.says, began.time) if promise.node else None
    stands = promise.way in (Way.STOPS, Way.ENDS)
    stood = trace.stood(began.time, mended.time) if stands else None
    went_on = trace.first_action(mended.time)
    reaction = stood if promise.way is Way.STOPS else said
    broken = (
        *_limits(trace, fastest), *_words(promise, said, began, mended),
        *_arm(promise, trace, stood, began, mended),
        *(() if went_on else ('the episode did not go on',)),
    )
    return Outcome(
        fault.name, repeat, broken, _after(said, began), _after(stood, began),
        _after(went_on, mended), None if reaction is None else reaction.wall - began.wall,
    )


def _after(at: Moment | None, since: Moment) -> float | None:
    return None if at is None else max(0.0, at.time - since.time)


def _limits(trace: Trace, fastest: Float[np.ndarray, ' joint']) -> tuple[str, ...]:
    """Look at every command."""
    positions, velocities = (
        np.array([command[part] for command in trace.told]).reshape(-1, len(fastest))
        for part in (0, 1)
    )
    if not (np.isfinite(positions).all() and np.isfinite(velocities).all()):
        return ('a command was not finite',)
    if (np.abs(velocities) > ROUNDING * fastest).any():
        return ('a command was faster than a joint may be',)
    return ()


def _words(
    promise: Promise, said: Moment | None, began: Moment, mended: Moment,
) -> tuple[str, ...]:
    """Look at whether it was said in time."""
    if not promise.node:
        return ()
    wanted = f'{promise.node} did not say {" or ".join(promise.says)}'
    if said is None or said.time > mended.time:
        return (wanted,)
    late = promise.way is not Way.STOPS and said.time - began.time > promise.within
    return (f'{wanted} within {promise.within:g} s',) if late else ()


def _arm(
    promise: Promise, trace: Trace, stood: Moment | None, began: Moment, mended: Moment,
) -> tuple[str, ...]:
    """Look at what the arm did."""
    if promise.way is Way.GOES_ON:
        found = trace.complaints(began.time, mended.time)
        return (f'the guard said {", ".join(sorted(found))}',) if found else ()
    if promise.way is Way.EITHER:
        return ()
    if stood is None:
        return ('the arm did not stand',)
    if promise.way is Way.STOPS and stood.time - began.time > promise.within:
        return (f'the arm stood after {stood.time - began.time:.2f} s only',)
    return ()
