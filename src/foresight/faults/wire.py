"""Faults of the wire between the robot's computer and the one with the model.

A plan is seven packets, and counts while it is younger than 0.3 s: where a fifth of all packets
is lost, often none is whole in time.
"""

from foresight.faults.arm import STANDS
from foresight.faults.fault import After, Cause, Fault, Promise, Signalled, Way, Wired
from foresight.robots.status import Status

AGAIN = 'the episode goes on once the wire is mended'


def _lossy(share: str, trick: str, lasts: float) -> Fault:
    """Return a fault at which plans may come too late."""
    return Fault(f'wire: {share} of all packets lost', Wired(trick, lasts), Promise(
        'no limit breaks; the arm goes on, or stops by itself', Way.EITHER, After.START,
    ), wired=True)


def _parted(name: str, cause: Cause, text: str = AGAIN) -> Fault:
    """Return a fault after which no plan arrives."""
    return Fault(f'wire: {name}', cause, Promise(
        f'{STANDS}; {text}', Way.STOPS, node='guard', says=(Status.NO_PLAN,), within=0.8,
    ), wired=True)


FAULTS = (
    Fault('wire: a twentieth of all packets lost', Wired('lose:0.05', 5.0),
          Promise('the push goes on', Way.GOES_ON), wired=True),
    _lossy('a fifth', 'lose:0.2', 10.0),
    _lossy('half', 'lose:0.5', 10.0),
    _parted('parted for 2 s', Wired('drop', 2.0)),
    _parted('parted until both sides forget each other', Wired('drop', 12.0)),
    _parted('planner is killed', Signalled('planner', 'KILL'),
            'it is started again, and the episode goes on'),
)
