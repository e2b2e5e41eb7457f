"""Faults of joints, clock and plans, and of those who interfere."""

from foresight.faults.fault import (
    After,
    Cause,
    DiskFull,
    Fault,
    Nonsense,
    Pressed,
    Promise,
    Rogue,
    Starved,
    Tampered,
    Way,
    WrongCheckpoint,
)
from foresight.robots.status import Status

STANDS = 'the arm stands'
LATCHED = 'the arm stands until somebody looks and releases it'
UNSEEN = 'nothing happens'
STALE, ASTRAY, JUMPED = Status.STALE_JOINTS, Status.TRACKING, Status.JOINTS_JUMPED
TIMED = ('clock', 'image', 'info', 'joints')


def _stops(
    name: str, cause: Cause, *says: Status, within: float = 0.8, after: After = After.NOTHING,
) -> Fault:
    """Return a fault at which the guard stops the arm."""
    text = LATCHED if after is After.RELEASE else STANDS
    return Fault(name, cause, Promise(text, Way.STOPS, after, 'guard', says, within))


def _harmless(name: str, cause: Cause, text: str = UNSEEN) -> Fault:
    return Fault(name, cause, Promise(text, Way.GOES_ON))


def _clock(name: str, trick: str, within: float = 0.8) -> Fault:
    """Return a fault of the clock that everything has its time from."""
    cause = Tampered(dict.fromkeys(TIMED, trick))
    return _stops(f'clock {name}', cause, Status.CLOCK_JUMPED, within=within, after=After.RELEASE)


JOINTS = (
    _stops('joints frozen', Tampered({'joints': 'freeze'}), ASTRAY, within=3.0,
           after=After.RELEASE),
    _stops('joints silent', Tampered({'joints': 'drop'}), STALE, after=After.START),
    _stops('joints not finite', Tampered({'joints': 'nan'}), STALE, after=After.START),
    _stops('joints permuted', Tampered({'joints': 'permute'}), ASTRAY, JUMPED,
           after=After.RELEASE),
    _stops('joints: one is missing', Tampered({'joints': 'miss'}), STALE, after=After.START),
    _harmless('joints in another order', Tampered({'joints': 'reorder'})),
    _harmless('joints in two messages', Tampered({'joints': 'split'})),
    _harmless('joints without velocities', Tampered({'joints': 'no_velocities'})),
)
CLOCK = (
    _clock('5 s ahead', 'shift:5'),
    _clock('5 s back', 'shift:-5'),
    _clock('in a loop of 1 s', 'loop:1', within=1.8),
    Fault('clock paused', Tampered({'clock': 'drop'}), Promise(
        'the guard says nothing more, and the driver holds the arm; ' + LATCHED, Way.STOPS,
        After.RELEASE, within=0.8,
    )),
)
PLANS = (
    _stops('planner blocked: no plan comes', Tampered({'plan': 'drop'}), Status.NO_PLAN),
    _harmless('every third plan is lost', Tampered({'plan': 'lose:0.33'})),
    _stops('network parted: neither image nor plan', Tampered(
        {'image': 'drop', 'info': 'drop', 'plan': 'drop'}), Status.NO_PLAN),
    _harmless('a fifth of all messages lost', Tampered(
        dict.fromkeys((*TIMED, 'latent', 'plan'), 'lose:0.2')), 'the push goes on'),
    _stops('rogue publisher of plans', Rogue(), Status.RIVAL, within=1.5),
)
PEOPLE = (
    _harmless('nothing: the control', Tampered({})),
    *(_stops(f'e-stop {quality}', Pressed(quality), Status.E_STOP, after=After.RELEASE)
      for quality in ('latched', 'reliable', 'best effort')),
    _harmless('parameters set to nonsense', Nonsense(), 'each is refused; the push goes on'),
    _harmless('a node with a damaged checkpoint', WrongCheckpoint(),
              'it refuses to configure, with a line that says why; the push goes on'),
    _harmless('disk full', DiskFull(),
              '`recorder` says so; the push goes on, and later bags are recorded again'),
    Fault('processor starved', Starved(), Promise(
        'no limit breaks; the arm goes on, or stops by itself', Way.EITHER, After.START)),
)
FAULTS = (*JOINTS, *CLOCK, *PLANS, *PEOPLE)
