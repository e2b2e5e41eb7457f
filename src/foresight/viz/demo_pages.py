"""The report of a run over ROS, with its budgets."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from foresight.files import write_atomically
from foresight.settings import SceneConfig
from foresight.viz.demo_result import JITTER, DemoAction, DemoResult
from foresight.viz.drawing import draw_on_rectified
from foresight.viz.film.pages import at
from foresight.viz.report import Budget, Latency, Report, ReportAction, render
from foresight.world_model.encoder import EncoderConfig

PLANE = SceneConfig(), EncoderConfig()  # what the rectified view shows, and its size
GIGABYTE = 2**30
LIMITS = {
    'task plan (planner)': 500.0, JITTER: 3.0, 'image stamp to belief': 50.0,
}
"""Budget of a latency [ms], by its name in DemoResult."""


def write_report(
    result: DemoResult, film: Path, folder: Path, budgets: tuple[Budget, ...], command: str,
) -> Path:
    """Write `report.html` into a folder and return its path.

    Args:
        result: What happened.
        film: Film to embed.
        folder: Folder to write into.
        budgets: Budgets and what was measured.
        command: Command that makes the run again.
    """
    report = folder / 'report.html'
    write_atomically(report, render(_report(result, film, budgets, command)))
    return report


def _report(result: DemoResult, video: Path, budgets: tuple[Budget, ...], command: str) -> Report:
    """Fill in the report."""
    facts = {
        'objects': f'{result.objects}', 'cleared': f'{result.cleared}',
        'dropped': f'{result.dropped}', 'actions': f'{result.tried}',
        'duration': f'{result.simulated:.0f} s',
        'real-time factor': f'{result.simulated / max(result.seconds, 1e-9):.2f}',
    }
    return Report(
        title=f'{result.task}, seed {result.seed}', success=result.success,
        verdict=f'{result.cleared} of {result.objects} objects as asked ({result.asked}), '
                f'{result.dropped} dropped: {result.ending}',
        facts=facts, command=command, budgets=budgets, video=video,
        actions=tuple(_actions(result)),
        latencies=tuple(
            Latency(name, values, LIMITS.get(name)) for name, values in result.latencies.items()
        ),
    )


def _actions(result: DemoResult) -> Iterator[ReportAction]:
    """Show each action with the picture it was planned from and the next one without the arm."""
    ends = [action.stamp for action in result.actions[1:]] + [float('inf')]
    for action, end in zip(result.actions, ends):
        before, after = at(result.rectified, action.stamp), at(result.rectified, end)
        yield ReportAction(
            before=draw_on_rectified(before, action.outline, *PLANE),
            after=draw_on_rectified(after, None, *PLANE),
            terms=action.terms, plan_ms=action.plan_ms, note=_note(action),
            surprise=action.surprise,
        )


def _note(action: DemoAction) -> str:
    """Describe an action in a line."""
    seen = '' if np.isnan(action.left) else f'; about {action.left:.1f} objects seen on the table'
    return f'{action.what}{seen}'


def demo_budgets(result: DemoResult, total: float) -> tuple[Budget, ...]:
    """Compare a run, whose whole command took `total` wall-clock seconds, with the budgets."""
    times = result.latencies
    commands = _p99(times['joint level, each command (planner)']) + _p99(times['tick p99 (guard)'])
    memory = sum(result.resident.values()) / GIGABYTE
    return (
        *(_milliseconds(f'{name}, p99', _p99(times[name]), limit)
          for name, limit in LIMITS.items()),
        _milliseconds('joint level and guard, each command, p99', commands, 5.0),
        Budget('resident memory of all nodes', '< 3 GB', f'{memory:.2f} GB', memory < 3.0),
        Budget('the whole demo, its film included', '< 90 s', f'{total:.0f} s', total < 90.0),
    )


def _p99(values: Sequence[float]) -> float:
    """Return the 99th percentile; NaN without values."""
    return float(np.percentile(values, 99)) if values else float('nan')


def _milliseconds(name: str, measured: float, limit: float) -> Budget:
    """Compare a time [ms] with its budget."""
    if np.isnan(measured):
        return Budget(name, f'< {limit:.0f} ms', 'not measured', None)
    return Budget(name, f'< {limit:.0f} ms', f'{measured:.1f} ms', measured < limit)
