"""One node that is kept up: what it said, what it was asked, how often it went down."""

from dataclasses import dataclass
from enum import StrEnum

from foresight.robots.status import Status

MATCH = 0.5  # a server may hear of a new client this much later [s]
AGAIN = 2.0  # a node that speaks has done what it was asked after so long, or did not hear [s]
OFFERS = 5  # times that a node is asked to go on with its work
OVER = ('IDLE', 'DONE')
"""Phases in which a node has nothing to do."""


class Stage(StrEnum):
    """State of a lifecycle node; a node without a lifecycle is active."""

    UNCONFIGURED = 'unconfigured'
    INACTIVE = 'inactive'
    ACTIVE = 'active'


class Deed(StrEnum):
    """What can be done with a node."""

    CONFIGURE = 'configure'
    ACTIVATE = 'activate'
    DEACTIVATE = 'deactivate'
    RESUME = 'resume'
    STOP = 'stop'
    KILL = 'kill'


@dataclass(frozen=True)
class Beat:
    """What a node says of itself once a second.

    Attributes:
        node: Its name.
        pid: Its process.
        host: Where it runs.
        stage: State of its lifecycle.
        status: What it is doing, in one word.
        phase: What it is at, if it does one thing after the other.
        failures: How many stages of its lifecycle failed so far.
        error: Why the last one did.
    """

    node: str
    pid: int
    host: str
    stage: str
    status: str = 'OK'
    phase: str = ''
    failures: int = 0
    error: str = ''

    def same_process(self, other: 'Beat') -> bool:
        """Return whether both are of one process."""
        return (self.pid, self.host) == (other.pid, other.host)

    @property
    def working(self) -> bool:
        """Whether it does what it was started for, or would if the arm followed."""
        busy = bool(self.phase) and self.phase not in OVER
        return self.stage == Stage.ACTIVE and (busy or self.status == Status.LATE)


class Charge:
    """A node that is kept up.

    Attributes:
        optional: Whether nobody waits for it.
        beat: What it said last.
        heard: When that was [s].
        lost: Whether it has no process.
        since: Since when its process is waited for [s].
        was_up: Whether it was up at any time.
        raised: Whether its process was up.
        held: Whether it was deactivated because whom it needs is gone.
        owed: How often it will still be asked to go on with what it was at.
        why: Why it went down last.
    """

    def __init__(self, name: str, optional: bool, now: float) -> None:
        self.name, self.optional, self.since, self.heard = name, optional, now, now
        self.beat: Beat | None = None
        self.lost, self.was_up, self.raised, self.held = True, False, False, False
        self.owed, self.why = 0, 'starts'
        self._falls: list[float] = []
        self._due = now
        self._asked: Deed | None = None
        self._asked_at = now

    @property
    def absent(self) -> bool:
        """Whether it was never there, and need not be."""
        return self.optional and self.beat is None and not self.was_up

    @property
    def works(self) -> bool:
        """Whether it is up now."""
        return not self.lost and self.beat is not None and self.beat.stage == Stage.ACTIVE

    @property
    def loads(self) -> bool:
        """Whether it was asked for what takes long."""
        return self._asked in (Deed.CONFIGURE, Deed.ACTIVATE)

    def greet(self, now: float) -> None:
        """Take a new process; after each fall it is waited twice as long."""
        self.beat, self.lost, self.raised, self.held = None, False, False, False
        self._asked, self._due = None, now + MATCH * 2 ** len(self._falls)

    def hear(self, beat: Beat, now: float) -> None:
        """Take what its process says."""
        if self.beat is not None and self.beat.stage != beat.stage:
            self._asked = None
        back, self.beat, self.heard, self.lost = self.lost, beat, now, False
        if beat.working and (back or self._asked is Deed.RESUME or not self.raised):
            self._asked, self.owed = None, 0
        if beat.stage == Stage.ACTIVE and self._asked is not Deed.DEACTIVATE:
            self.was_up, self.raised, self.held = True, True, False

    def fall(self, why: str, now: float, window: float) -> int:
        """Take note that it went down; return how often it did in the last `window` [s]."""
        self.why, self.since = why, now
        self._falls = [*(time for time in self._falls if time > now - window), now]
        self._asked, self._due = None, now + MATCH * 2 ** len(self._falls)
        self.owe()
        return len(self._falls)

    def owe(self) -> None:
        """Let it go on later with what it is at."""
        if self.beat is not None and self.beat.working:
            self.owed = OFFERS

    def forgive(self) -> None:
        """Leave it to a person to let it go on."""
        self.owed = 0

    def ask(self, deed: Deed | None, now: float) -> Deed | None:
        """Return what to ask of it now: nothing while it may still be at it."""
        at_it = self._asked is deed and self.heard < self._asked_at + AGAIN
        if deed is None or now < self._due or at_it:
            return None
        self._asked, self._asked_at = deed, now
        self.held = self.held or deed is Deed.DEACTIVATE
        self.owed -= deed is Deed.RESUME
        return deed
