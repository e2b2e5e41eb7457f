"""Faults of processes: a node is killed, or hangs."""

from foresight.faults.fault import Fault, Promise, Signalled, Way
from foresight.robots.status import Status

SOON, SILENT = 3.0, 8.0
"""Longest time until a node that ended, and one that hangs, is missed [s]."""
KILLED = {'KILL': ('is killed', SOON), 'STOP': ('hangs', SILENT)}
AGAIN = 'it is started again, and the episode goes on'


def _seen(node: str, signal: str) -> Fault:
    """Return a fault of a node that looks; the arm needs it only for the next action."""
    words, within = KILLED[signal]
    return Fault(f'{node} {words}', Signalled(node, signal), Promise(
        f'the push is carried out, and nothing more is begun; {AGAIN}', Way.ENDS,
        node='supervisor', says=(Status.RESTORING,), within=within,
    ))


def _moved(node: str, signal: str, teller: str, says: Status) -> Fault:
    """Return a fault of a node that moves the arm."""
    words, _ = KILLED[signal]
    return Fault(f'{node} {words}', Signalled(node, signal), Promise(
        f'the arm stands; {AGAIN}', Way.STOPS, node=teller, says=(says,), within=0.8,
    ))


FAULTS = (
    *(_seen(node, signal) for node in ('perception', 'predictor') for signal in KILLED),
    *(_moved('planner', signal, 'guard', Status.NO_PLAN) for signal in KILLED),
    *(_moved('guard', signal, 'supervisor', Status.RESTORING) for signal in KILLED),
    *(Fault(f'{node} is killed', Signalled(node, 'KILL'), Promise(
        'the push goes on; it is started again', Way.GOES_ON,
    )) for node in ('recorder', 'supervisor')),
)
