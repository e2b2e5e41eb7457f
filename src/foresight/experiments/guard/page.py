"""The results page of the guard."""

from collections.abc import Sequence

from foresight.experiments.guard.boundaries import Held
from foresight.experiments.guard.measure import Row
from foresight.experiments.guard.stops import Stop

HEAD = """# The guard under hostile streams

`{command}` writes this page: {ticks:,} ticks in {families} families of streams, guards of three
arms at 100, 250 and 1000 Hz, half of them with a jerk limit of 40 accelerations a second, so that
jerk binds. Shares are of a joint's limit; **{broken} ticks break one, {not_finite} commands are
not finite**. A published velocity differs from that of the published positions by
{untrue:.0e} rad/s at most. Times are processor times of a tick at 100 Hz
({machine}).

| stream | ticks | velocity | acceleration | jerk | position | p99 [ms] | slowest [ms] |
|---|---|---|---|---|---|---|---|
"""
STOPS = """
## Stops

From the highest speed of each joint, as an e-stop brakes: time until the joint stands, and the way
until then. The closed form is v/a and v²/2a, with a the `stop_deceleration` of 8 rad/s² or less
where a joint allows less. The difference is in ticks of 10 ms: below one.

| arm | joint | speed [rad/s] | time [s] | way [rad] | time off [tick] | way off [tick] |
|---|---|---|---|---|---|---|
"""
HELD = """
## Table, zones, and the arm itself

In {ticks:,} ticks beside a table, planners that know nothing of it go to any joints near the
limits of speed, and the streams above spoil their plans. The guard stops before something
{stops:,} times; the deepest that a command is in anything is **{depth:.1f} mm**.

| stream | arm | ticks | stops | deepest [mm] |
|---|---|---|---|---|
"""
Stops = Sequence[tuple[str, Stop]]


def page(
    rows: Sequence[Row], stops: Stops, held: Sequence[tuple[str, Held]], command: str,
    machine: str,
) -> str:
    """Write the page."""
    head = HEAD.format(
        command=command, machine=machine, ticks=sum(row.ticks for row in rows),
        families=len(rows), broken=sum(row.broken for row in rows),
        not_finite=sum(row.not_finite for row in rows), untrue=max(row.untrue for row in rows),
    )
    lines = [
        f'| {row.family} | {row.ticks:,} | {row.velocity:.4f} | {row.acceleration:.4f} | '
        f'{row.jerk:.4f} | {row.position:.4f} | {row.p99:.2f} | {row.slowest:.1f} |'
        for row in rows
    ]
    stop_lines = [
        f'| {arm} | {stop.joint} | {stop.speed:.2f} | {stop.time:.2f} | {stop.way:.3f} | '
        f'{stop.time_off:.2f} | {stop.way_off:.2f} |' for arm, stop in stops
    ]
    return head + '\n'.join([*lines, _held(held), STOPS.strip(), *stop_lines]) + '\n'


def _held(held: Sequence[tuple[str, Held]]) -> str:
    """Write what the guard kept the arms from."""
    lines = [
        f'| {each.stream} | {arm} | {each.ticks:,} | {each.stops} | {1e3 * each.depth:.1f} |'
        for arm, each in held
    ]
    return HELD.format(
        ticks=sum(each.ticks for _, each in held), stops=sum(each.stops for _, each in held),
        depth=1e3 * max(each.depth for _, each in held),
    ) + '\n'.join(lines) + '\n'
