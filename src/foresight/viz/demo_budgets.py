"""Budgets of a run beside what was measured."""

from collections.abc import Sequence

import numpy as np

from foresight.viz.demo_result import DemoResult
from foresight.viz.report import Budget

GIGABYTE = 2**30
LIMITS = {
    'task plan (planner)': 500.0, 'command jitter (guard)': 3.0, 'image stamp to belief': 50.0,
}
"""Budget of a latency [ms], by its name in DemoResult."""


def demo_budgets(result: DemoResult, total: float) -> tuple[Budget, ...]:
    """Compare a run with the budgets.

    Args:
        result: What happened.
        total: Wall-clock time of the whole command [s].
    """
    times = result.latencies
    commands = _p99(times['joint level, each command (planner)']) + _p99(times['tick p99 (guard)'])
    memory = sum(result.resident.values()) / GIGABYTE
    return (
        *(_milliseconds(f'{name}, p99', _p99(times[name]), limit)
          for name, limit in LIMITS.items()),
        _milliseconds('joint level and guard, each command, p99', commands, 5.0),
        Budget('resident memory of all nodes', '< 3 GB', f'{memory:.2f} GB', memory < 3.0),
        Budget('the whole demo', '< 180 s', f'{total:.0f} s', total < 180.0),
    )


def _p99(values: Sequence[float]) -> float:
    """Return the 99th percentile; NaN without values."""
    return float(np.percentile(values, 99)) if values else float('nan')


def _milliseconds(name: str, measured: float, limit: float) -> Budget:
    """Compare a time [ms] with its budget."""
    if np.isnan(measured):
        return Budget(name, f'< {limit:.0f} ms', 'not measured', None)
    return Budget(name, f'< {limit:.0f} ms', f'{measured:.1f} ms', measured < limit)
