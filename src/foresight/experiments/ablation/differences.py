"""Differences between rows of the ablation, paired on the same episodes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from foresight.experiments.statistics import paired_difference
from foresight.experiments.tables import table

SUCCESS = 1
"""Column of an outcome: [seed, success, cleared, dropped, remaining, actions]."""


def differences(
    runs: Sequence[Mapping[str, Any]], pairs: Iterable[tuple[str, str]],
) -> dict[str, dict[str, Any]]:
    """Compare rows, first minus second, over the training seeds whose episodes both played.

    Args:
        runs: One mapping a run, with its outcomes.
        pairs: Names of rows.
    """
    found = {}
    for first, second in pairs:
        ours, theirs = _successes(runs, first), _successes(runs, second)
        shared = [seed for seed in ours if len(ours[seed]) == len(theirs.get(seed, []))]
        if shared:
            found[f'{first} - {second}'] = asdict(paired_difference(
                [value for seed in shared for value in ours[seed]],
                [value for seed in shared for value in theirs[seed]],
            ))
    return found


def difference_lines(found: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Return the differences as a Markdown table; nothing where there are none."""
    return table(('difference in success', 'mean', '95 %'), (
        [name, f'{item["mean"]:+.2f}', f'{item["low"]:+.2f} to {item["high"]:+.2f}']
        for name, item in found.items()
    )) if found else []


def _successes(runs: Sequence[Mapping[str, Any]], name: str) -> dict[int, list[float]]:
    """Return the success of each episode of a row, by training seed."""
    played = sorted(
        (run for run in runs if run['row'] == name and run['closed_loop']),
        key=lambda run: int(run['seed']),
    )
    return {
        int(run['seed']): [float(episode[SUCCESS]) for episode in run['closed_loop']['outcomes']]
        for run in played
    }
