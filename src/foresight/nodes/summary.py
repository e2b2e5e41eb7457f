"""From what the monitor heard to the result of an episode."""

from collections.abc import Mapping

import numpy as np

from foresight.nodes.monitor import Monitor
from foresight.viz.demo_result import COMMAND_MS, JITTER, DemoResult


def summarise(
    monitor: Monitor, seed: int, ending: str, resident: Mapping[str, int], seconds: float,
    simulated: float, task: str, asked: str,
) -> DemoResult:
    """Put together the result of an episode that has ended; `asked` says what success is."""
    truth = {name: int(monitor.figure('sim', name)) for name in ('objects', 'cleared', 'dropped')}
    return DemoResult(
        seed=seed, **truth, tried=int(monitor.figure('planner', 'actions')),
        actions=monitor.actions, frames=tuple(monitor.frames), rectified=tuple(monitor.rectified),
        motion=monitor.track.motion(), latencies=latencies(monitor), resident=dict(resident),
        simulated=simulated, seconds=seconds, ending=ending, task=task, asked=asked,
    )


def latencies(monitor: Monitor) -> dict[str, tuple[float, ...]]:
    """Return wall-clock times by what they measure [ms].

    A topic's time runs from the sending of what it comes from to its own sending.
    """
    sent, actions = monitor.sent, monitor.actions
    gaps = 1e-6 * np.diff(np.array(monitor.commands, dtype=np.int64)).astype(float)
    return {
        'image to latent (perception)': _between(sent['camera/image_raw'], sent['latent']),
        'latent to belief (predictor)': _between(sent['latent'], sent['belief']),
        'image stamp to belief': _between(sent['/clock'], sent['belief']),
        'task plan (planner)': tuple(
            float(said['plan_ms']) for said in monitor.decisions if 'plan_ms' in said
        ),
        'joint level, each command (planner)': tuple(action.joint_ms for action in actions),
        'tick p99 (guard)': tuple(monitor.guard_ms),
        JITTER: tuple(np.abs(gaps - COMMAND_MS).tolist()),
    }


def _between(before: Mapping[int, int], after: Mapping[int, int]) -> tuple[float, ...]:
    """Return the time from one message to another of the same stamp [ms]."""
    return tuple((at - before[stamp]) * 1e-6 for stamp, at in after.items() if stamp in before)
