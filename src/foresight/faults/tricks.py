"""What a tap does to messages as they are on the wire: it delays, loses, repeats and re-dates.

A message begins with four bytes that say how it is encoded, then with its stamp: a header's, or
that of the clock.
"""

import struct
from collections import deque
from collections.abc import Callable, Iterable
from functools import partial

import numpy as np

from foresight.errors import ConfigError

STAMP, FIRST = struct.Struct('<iI'), 4


def stamp_of(message: bytes) -> float:
    """Return the stamp of a message [s]."""
    seconds, rest = STAMP.unpack_from(message, FIRST)
    return float(seconds + 1e-9 * rest)


def restamped(message: bytes, stamp: float) -> bytes:
    """Return a message with another stamp [s]."""
    whole, rest = divmod(round(stamp * 1e9), 10**9)
    return message[:FIRST] + STAMP.pack(whole, rest) + message[FIRST + STAMP.size:]


class Trick:
    """What becomes of the messages of a topic: of themselves, nothing."""

    def __call__(self, message: bytes, now: float) -> Iterable[bytes]:
        """Take a message at time `now` [s] and return what to send at once."""
        return (message,)

    def due(self, now: float) -> Iterable[bytes]:
        """Return what is to be sent later and is due."""
        return ()


class Dropped(Trick):
    """All are lost."""

    def __call__(self, message: bytes, now: float) -> Iterable[bytes]:
        """Lose it."""
        return ()


class Lost(Trick):
    """A share of them is lost, by chance."""

    def __init__(self, share: float) -> None:
        self._share, self._random = share, np.random.default_rng(0)

    def __call__(self, message: bytes, now: float) -> Iterable[bytes]:
        """Lose it or not."""
        return () if self._random.random() < self._share else (message,)


class Frozen(Trick):
    """The first one comes again and again, with new stamps or with its own."""

    def __init__(self, renewed: bool) -> None:
        self._renewed, self._first = renewed, b''

    def __call__(self, message: bytes, now: float) -> Iterable[bytes]:
        """Send the first one."""
        self._first = self._first or message
        return (restamped(self._first, stamp_of(message)) if self._renewed else self._first,)


class Thinned(Trick):
    """One of so many comes through."""

    def __init__(self, of: float) -> None:
        self._of, self._count = round(of), 0

    def __call__(self, message: bytes, now: float) -> Iterable[bytes]:
        """Count."""
        self._count += 1
        return (message,) if self._count % self._of == 0 else ()


class Delayed(Trick):
    """All come later [s]."""

    def __init__(self, delay: float) -> None:
        self._delay, self._waiting = delay, deque[tuple[float, bytes]]()

    def __call__(self, message: bytes, now: float) -> Iterable[bytes]:
        """Let it wait."""
        self._waiting.append((now + self._delay, message))
        return ()

    def due(self, now: float) -> Iterable[bytes]:
        """Send what has waited."""
        while self._waiting and self._waiting[0][0] <= now:
            yield self._waiting.popleft()[1]


class Swapped(Trick):
    """Every second one comes after the one behind it."""

    def __init__(self) -> None:
        self._held: bytes | None = None

    def __call__(self, message: bytes, now: float) -> Iterable[bytes]:
        """Hold it, or send it and the one that was held."""
        held, self._held = self._held, None
        if held is not None:
            return message, held
        self._held = message
        return ()


class Shifted(Trick):
    """Their clock is ahead [s]."""

    def __init__(self, ahead: float) -> None:
        self._ahead = ahead

    def __call__(self, message: bytes, now: float) -> Iterable[bytes]:
        """Re-date it."""
        return (restamped(message, max(0.0, stamp_of(message) + self._ahead)),)


class Looped(Trick):
    """Their clock goes through the same seconds again and again."""

    def __init__(self, length: float) -> None:
        self._length, self._first = length, -1.0

    def __call__(self, message: bytes, now: float) -> Iterable[bytes]:
        """Re-date it."""
        stamp = stamp_of(message)
        self._first = stamp if self._first < 0.0 else self._first
        return (restamped(message, self._first + (stamp - self._first) % self._length),)


PLAIN: dict[str, Callable[[], Trick]] = {
    '': Trick, 'drop': Dropped, 'freeze': partial(Frozen, True),
    'stick': partial(Frozen, False), 'swap': Swapped,
}
MEASURED: dict[str, Callable[[float], Trick]] = {
    'lose': Lost, 'thin': Thinned, 'delay': Delayed, 'shift': Shifted, 'loop': Looped,
}


def make_trick(text: str) -> Trick:
    """Make a trick of its name, with a number behind a colon where it wants one.

    Raises:
        ConfigError: If it is unknown.
    """
    name, _, amount = text.partition(':')
    if name in PLAIN and not amount:
        return PLAIN[name]()
    if name in MEASURED and amount:
        return MEASURED[name](float(amount))
    raise ConfigError(f'trick {text!r} is unknown: choose from {", ".join((*PLAIN, *MEASURED))}')
