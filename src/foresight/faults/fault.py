"""A fault: what goes wrong, what is promised then, and how it is told whether it was kept."""

from dataclasses import dataclass, field
from enum import StrEnum

from foresight.robots.status import Status


class Way(StrEnum):
    """What the arm does while a fault lasts.

    Attributes:
        STOPS: It stops in its way, and stands.
        ENDS: It carries its action out, comes back, and stands.
        GOES_ON: It goes on as if nothing were.
        EITHER: It goes on or stops, as it safely can.
    """

    STOPS = 'stops'
    ENDS = 'ends its action, then stands'
    GOES_ON = 'goes on'
    EITHER = 'goes on or stops'


class After(StrEnum):
    """What the episode needs to go on once a fault is mended."""

    NOTHING = 'alone'
    START = 'after `planner/start`'
    RELEASE = 'after `guard/release`'


@dataclass(frozen=True)
class Tampered:
    """Messages on their way are spoilt: for each line of the tap the name of a trick."""

    lines: dict[str, str]


@dataclass(frozen=True)
class Rogue:
    """Another node publishes plans."""


@dataclass(frozen=True)
class Pressed:
    """Somebody presses the e-stop: latched, reliable or best effort."""

    quality: str


@dataclass(frozen=True)
class Nonsense:
    """Somebody sets every parameter of every node to nonsense."""


@dataclass(frozen=True)
class Starved:
    """Other processes take the processor, several for each core."""

    each: int = 3


@dataclass(frozen=True)
class DiskFull:
    """The disk of the recorder is full."""


@dataclass(frozen=True)
class Signalled:
    """A node gets a signal, by name."""

    node: str
    signal: str


@dataclass(frozen=True)
class Wired:
    """Packets between two computers are lost: a trick by its name, for so long at least [s]."""

    trick: str
    lasts: float


@dataclass(frozen=True)
class WrongCheckpoint:
    """A node is started again with a checkpoint that is damaged."""


Cause = (
    Tampered | Rogue | Pressed | Nonsense | Starved | DiskFull | Signalled | Wired
    | WrongCheckpoint
)


@dataclass(frozen=True)
class Promise:
    """What must hold, besides limits that no command ever breaks.

    Attributes:
        text: The promise, for people.
        way: What the arm does.
        after: What it takes to go on once the fault is mended.
        node: Who says what is wrong; empty if nobody must.
        says: One of the statuses that it says then.
        within: Longest time until the arm stands, or, if it need not stop, until it is said [s].
    """

    text: str
    way: Way
    after: After = After.NOTHING
    node: str = ''
    says: tuple[Status, ...] = ()
    within: float = 1.0


@dataclass(frozen=True)
class Fault:
    """One line of the table.

    Attributes:
        name: What goes wrong, in a few words.
        cause: How it is made to go wrong.
        promise: What is promised then.
        wired: Whether a computer of its own holds the model, with a wire between.
    """

    name: str
    cause: Cause
    promise: Promise
    wired: bool = False


@dataclass(frozen=True)
class Outcome:
    """How one repeat of a fault went; times in simulated seconds but for `wall`.

    Attributes:
        fault: Name of the fault.
        repeat: Which one.
        broken: What was not kept, in words; empty if all was.
        said: When it was said, after the fault; None if it was not.
        stood: When the arm stood, after the fault; None if it did not.
        went_on: When the episode went on, after the fault was mended; None if it did not.
        wall: Time by the clock on the wall until the reaction that is promised [s].
    """

    fault: str
    repeat: int
    broken: tuple[str, ...] = field(default=())
    said: float | None = None
    stood: float | None = None
    went_on: float | None = None
    wall: float | None = None

    @property
    def kept(self) -> bool:
        """Whether the promise was kept."""
        return not self.broken
