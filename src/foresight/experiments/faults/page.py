"""The results page of faults."""

from collections.abc import Mapping, Sequence
from typing import Any

from foresight.experiments.document import closing, table

HEAD = (
    'fault', 'promise', 'the arm', 'kept', 'reaction [s]', 'on the wall [s]', 'goes on',
    'after [s]',
)
ABOUT = """# What goes wrong, and what is promised

Real nodes in processes of their own, over DDS; the simulator at real time. Messages go through a
tap, which spoils them when it is told to. Each fault comes at a random moment of a push, lasts
until the arm has done what is promised, and is mended; then the episode must go on, by itself or
after what is named. No command may be other than finite and within its velocity limits, ever. The
reaction is the time until the arm stands where it is to stop, else until it is said: median and
worst, in simulated time, and by the clock on the wall. A repeat that fails while the host itself
keeps the planner from sending its plans is tried again, three times at most.

The guard counts publishers of plans behind the tap, so that a killed planner's ghost, which is
forgotten within seconds, stops nothing there.

Faults of the wire are without a tap: perception, predictor and planner run in a network namespace
and under a host name of their own, the others in another, and what joins the two loses packets of
all kinds, discovery included; they use `config/fastdds_wire.xml`. A plan is seven packets, and the
guard waits 0.3 s for one: of a fifth of all packets lost nobody promises that the push goes on.
The supervisor cannot end a process over there. Both share the processors of one computer."""
UNTRIED = 'Not every fault of the wire was caused: that needs Linux, root, `ip` and `unshare`.'


def page(document: Mapping[str, Any]) -> str:
    """Write one line a fault, and what was not kept."""
    rows = document['faults']
    kept, repeats = (sum(row[name] for row in rows) for name in ('kept', 'repeats'))
    lines = [
        ABOUT, '', f'**{kept} of {repeats} repeats of {len(rows)} faults kept their promise** '
        f'({document["machine"]}).', '', *table(HEAD, (_row(row) for row in rows)),
    ]
    if document['untried']:
        lines += ['', f'**{UNTRIED}** Not caused: {"; ".join(document["untried"])}.']
    broken = [row for row in rows if row['broken']]
    if broken:
        lines += ['', '## Not kept', '']
        lines += [f'- {row["fault"]}: {"; ".join(row["broken"])}' for row in broken]
    return '\n'.join([*lines, *closing(document)])


def _row(row: Mapping[str, Any]) -> list[str]:
    return [
        row['fault'], row['promise'], row['way'], f'{row["kept"]} of {row["repeats"]}',
        _times(row['reaction']), _times(row['wall']), row['after'], _times(row['goes_on']),
    ]


def _times(spread: Sequence[float] | None) -> str:
    return '-' if spread is None else f'{spread[0]:.2f}, {spread[1]:.2f}'
