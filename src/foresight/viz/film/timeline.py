"""When a film shows what: it stops where a decision is made and hurries where the arm moves."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from foresight.viz.demo_result import DemoResult, Motion

RATE = 12  # pictures a second
FASTER = 3.5  # than what happened
THINK, CHOOSE, RESULT, END = 1.6, 1.1, 1.1, 2.0  # s of film
AT_WORK = 0.45  # share of a motion after which the tool is on the table
STIRS = 0.01  # rad, a joint that is so far from where it was moves


class Beat(StrEnum):
    """What a part of the film is about."""

    THINK = 'think'
    CHOOSE = 'choose'
    ACT = 'act'
    RESULT = 'result'
    END = 'end'


@dataclass(frozen=True)
class Part:
    """One part of the film.

    Attributes:
        action: Which action it belongs to, from 0; -1 if there was none.
        start: Time of what it shows first [s].
        end: Time of what it shows last [s].
        seconds: How long it takes in the film [s].
    """

    beat: Beat
    action: int
    start: float
    end: float
    seconds: float


@dataclass(frozen=True)
class Instant:
    """One picture of the film.

    Attributes:
        stamp: Time of what it shows [s].
        share: How far its part has come, in (0, 1].
    """

    part: Part
    stamp: float
    share: float


def parts_of(
    starts: Sequence[float], moves: Sequence[float], first: float, last: float,
) -> tuple[Part, ...]:
    """Divide a run into parts.

    Args:
        starts: When each action was decided [s].
        moves: When the arm began to move after each decision [s].
        first: Time of the first thing known [s].
        last: Time of the last one [s].
    """
    if not starts:
        return (_moving(-1, first, last), Part(Beat.END, -1, last, last, END))
    parts: list[Part] = []
    for index, (start, move, end) in enumerate(zip(starts, moves, [*starts[1:], last])):
        parts += [
            Part(Beat.THINK, index, start, start, THINK),
            Part(Beat.CHOOSE, index, start, start, CHOOSE),
            _moving(index, min(move, end), end), Part(Beat.RESULT, index, end, end, RESULT),
        ]
    return (*parts, Part(Beat.END, len(starts) - 1, last, last, END))


def first_move(motion: Motion, start: float) -> float:
    """Return when the arm began to move after a time; that time, if it never did [s]."""
    index = min(int(np.searchsorted(motion.joint_stamps, start)), len(motion.joints) - 1)
    away = np.abs(motion.joints[index:] - motion.joints[index]).max(axis=-1) > STIRS
    return float(motion.joint_stamps[index + int(away.argmax())]) if away.any() else start


def _moving(action: int, start: float, end: float) -> Part:
    """Return the part in which the arm moves."""
    return Part(Beat.ACT, action, start, end, (end - start) / FASTER)


def timeline(result: DemoResult) -> tuple[Instant, ...]:
    """Return every picture of the film of a run; none if too little of it was received."""
    motion = result.motion
    if not (result.frames and result.rectified and len(motion.joint_stamps) > 1
            and len(motion.object_stamps) > 1):
        return ()
    stamps = [action.stamp for action in result.actions]
    moves = [first_move(motion, stamp) for stamp in stamps]
    first, last = (float(motion.object_stamps[index]) for index in (0, -1))
    parts = parts_of(stamps, moves, first, last)
    return tuple(instant for part in parts for instant in _instants(part))


def still(result: DemoResult) -> int:
    """Return which picture tells most: the arm at work on the action that reaches farthest."""
    ways = [action.outline.lines[0] for action in result.actions]
    reach = [float(np.linalg.norm(way[-1] - way[0])) for way in ways]
    farthest = int(np.argmax(reach)) if reach else -1
    acts = [index for index, instant in enumerate(timeline(result))
            if instant.part.beat is Beat.ACT and instant.part.action == farthest]
    return acts[round(AT_WORK * (len(acts) - 1))] if acts else 0


def _instants(part: Part) -> Iterator[Instant]:
    """Return the pictures of a part."""
    count = max(round(part.seconds * RATE), 1)
    for share in np.arange(1, count + 1) / count:
        yield Instant(part, part.start + float(share) * (part.end - part.start), float(share))
