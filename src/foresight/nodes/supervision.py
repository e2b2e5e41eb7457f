"""What keeps nodes up: it raises them in order, notices who is gone or silent, and gives up.

It is told what is heard and what time it is, and says what to do; it needs no ROS.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from foresight.nodes.charge import Beat, Charge, Deed, Stage
from foresight.nodes.topics import NODES
from foresight.robots.status import Finding, Status
from foresight.settings import Checked, setting

APPEAR = 120.0  # longest wait for a process that starts [s]
LOADING = 60.0  # a node that loads a model says nothing for so long at most [s]
NEEDS = {'planner': 'guard'}
"""Who works only while another works: nothing is planned that nobody guards."""
LATCHED = (Status.E_STOP, Status.TRACKING, Status.JOINTS_JUMPED, Status.CLOCK_JUMPED)


@dataclass(frozen=True)
class SupervisorConfig(Checked):
    """Supervisor node: whom it keeps up, and with how much patience."""

    nodes: tuple[str, ...] = setting(
        ('guard', 'planner', 'predictor', 'perception', 'recorder'),
        'nodes to bring up, in this order, and to keep up; one without a lifecycle may be absent',
    )
    silence: float = setting(
        5.0, 'a node that says nothing for so long is killed; it speaks once a second', 's',
        2.0, 600.0,
    )
    tries: int = setting(3, 'restarts of one node in `window` before all is stopped', '', 0, 100)
    window: float = setting(120.0, 'time over which restarts are counted', 's', 1.0, 86_400.0)


@dataclass(frozen=True)
class Order:
    """What to do now, and to whom."""

    deed: Deed
    node: str


class Supervision:
    """Keeps nodes up.

    Attributes:
        complete: Whether all of them were up at some time.
        failure: Why it gave up; empty while it has not.
    """

    def __init__(self, config: SupervisorConfig, now: float) -> None:
        """Wait for the nodes from time `now` [s] on; any steady clock will do."""
        self._config = config
        self._charges = {
            name: Charge(name, not NODES[name].lifecycle, now) for name in config.nodes
        }
        self.complete, self.failure = False, ''

    def hear(self, beat: Beat, now: float) -> None:
        """Take what a node says of itself."""
        charge = self._charges.get(beat.node)
        if charge is None:
            return
        known = charge.beat
        if known is None or not known.same_process(beat):
            self.lose(beat.node, 'ended', now)
            charge.greet(now)
        elif beat.failures > known.failures and not charge.raised:
            self._fall(charge, beat.error, now)
        charge.hear(beat, now)
        self.complete = self.complete or not list(self._missing())

    def lose(self, node: str, why: str, now: float) -> None:
        """Take note that a process is no more."""
        charge = self._charges[node]
        if not charge.lost:
            charge.lost = True
            self._fall(charge, why, now)

    def orders(self, now: float) -> list[Order]:
        """Return what to do now."""
        found = [(name, self._deed(charge, now)) for name, charge in self._charges.items()]
        return [Order(deed, name) for name, deed in found if deed is not None]

    @property
    def beats(self) -> Mapping[str, Beat]:
        """What each node that works said last."""
        return {
            name: charge.beat for name, charge in self._charges.items()
            if charge.beat is not None and not charge.lost
        }

    @property
    def finding(self) -> Finding:
        """How the nodes stand."""
        missing = list(self._missing())
        if self.failure:
            return Finding(Status.NODE_LOST, self.failure)
        if not self.complete:
            return Finding(Status.IDLE, f'waits for {", ".join(missing)}')
        if missing:
            return Finding(Status.RESTORING, '; '.join(
                f'{name} waits for {NEEDS[name]}' if self._charges[name].held else
                f'{name} {self._charges[name].why}: brought up again' for name in missing
            ))
        return Finding(Status.OK, '')

    def _missing(self) -> Iterator[str]:
        """Name those that are not up yet, or not up again."""
        for name, charge in self._charges.items():
            if charge.absent:
                continue
            if charge.lost or not charge.raised or charge.held or charge.owed:
                yield name

    def _fall(self, charge: Charge, why: str, now: float) -> None:
        """Count that a node went down, and remember who was at work."""
        tries, window = self._config.tries, self._config.window
        times = charge.fall(why, now, window)
        for name, need in NEEDS.items():
            if need == charge.name and name in self._charges:
                self._charges[name].owe()
        if not charge.was_up:
            self._give_up(f'{charge.name} cannot be brought up: {why}')
        elif times > tries:
            self._give_up(
                f'{charge.name} went down {times} times in {window:.0f} s, at last: {why}: see '
                'its log, mend it and start all nodes again'
            )

    def _give_up(self, why: str) -> None:
        """Stop for good; the first reason counts."""
        self.failure = self.failure or why

    def _deed(self, charge: Charge, now: float) -> Deed | None:
        """Return what to do with a node."""
        beat = charge.beat
        if charge.lost or beat is None:
            if now - charge.since > APPEAR and not charge.absent:
                self._give_up(f'{charge.name} does not appear: see its log')
            return None
        limit = LOADING if charge.loads else self._config.silence
        if now - charge.heard > limit:
            self.lose(charge.name, f'said nothing for {limit:.0f} s', now)
            return Deed.KILL
        if not self.failure:
            return charge.ask(self._next_deed(charge, beat), now)
        return charge.ask(self._last_deed(beat), now) if self.complete else None

    def _last_deed(self, beat: Beat) -> Deed | None:
        """Return what leads to the safe stop: no plans, and a guard that stays stopped."""
        if beat.node in NEEDS and beat.stage == Stage.ACTIVE:
            return Deed.DEACTIVATE
        if beat.node in NEEDS.values() and beat.status not in LATCHED:
            return Deed.STOP
        return None

    def _next_deed(self, charge: Charge, beat: Beat) -> Deed | None:
        """Return what leads to a node that is up; a stage that somebody else chose stays."""
        if beat.stage == Stage.UNCONFIGURED and not charge.raised:
            return Deed.CONFIGURE
        if beat.stage == Stage.INACTIVE and (charge.held or not charge.raised):
            return Deed.ACTIVATE if self._may_work(charge) else None
        if beat.stage == Stage.ACTIVE and not self._is_guarded(charge):
            return Deed.DEACTIVATE
        if beat.stage == Stage.ACTIVE and charge.owed:
            return self._resumption(charge)
        return None

    def _may_work(self, charge: Charge) -> bool:
        """Return whether all before it in the order were up, and whom it needs works."""
        names = list(self._charges)
        before = names[:names.index(charge.name)]
        return all(self._charges[name].was_up for name in before) and self._is_guarded(charge)

    def _is_guarded(self, charge: Charge) -> bool:
        need = self._charges.get(NEEDS.get(charge.name, ''))
        return need is None or need.works

    def _resumption(self, charge: Charge) -> Deed | None:
        """Return what lets a node go on; nobody moves an arm that somebody must look at."""
        need = self.beats.get(NEEDS.get(charge.name, ''))
        if need is not None and need.status in LATCHED:
            charge.forgive()
            return None
        others = self._charges.keys() - {charge.name}
        return Deed.RESUME if others.isdisjoint(self._missing()) else None
