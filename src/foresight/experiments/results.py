"""Results of closed-loop play: the figures of its episodes."""

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from foresight.actions.loading import load
from foresight.experiments.statistics import paired_difference, percentile, wilson
from foresight.files import sha256
from foresight.rollout.episode import EpisodeResult


@dataclass(frozen=True)
class PolicyResult:
    """Episodes of one policy, or row of a table, on one split of the scenes."""

    policy: str
    split: str
    episodes: tuple[EpisodeResult, ...]


def scores(checkpoint: Path) -> dict[str, float]:
    """Return the finite held-out scores that a checkpoint was saved with."""
    known = load(checkpoint, 'cpu').config.scores
    return {name: round(value, 4) for name, value in known.items() if math.isfinite(value)}


def outcomes(episodes: Sequence[EpisodeResult]) -> list[list[int]]:
    """Return [seed, success, cleared, dropped, remaining, actions] of each episode."""
    return [
        [e.seed, int(e.success), e.cleared, e.dropped, e.remaining, e.actions] for e in episodes
    ]


def episodes_of(found: Iterable[Sequence[int]]) -> tuple[EpisodeResult, ...]:
    """Read episodes back from their outcomes."""
    return tuple(
        EpisodeResult(seed, bool(success), cleared, dropped, remaining, actions, ())
        for seed, success, cleared, dropped, remaining, actions in found
    )


def compared(
    first: Sequence[Any], second: Sequence[Any], *names: str,
) -> dict[str, dict[str, Any]]:
    """Return the paired differences of named scores of the same episodes, first minus second."""
    return {
        name: asdict(paired_difference(
            *([float(getattr(episode, name)) for episode in played] for played in (first, second)),
        )) for name in names
    }


def to_document(results: Sequence[PolicyResult], about: dict[str, Any]) -> dict[str, Any]:
    """Return how figures were made, and in `splits` the figures by split and policy."""
    splits: dict[str, dict[str, Any]] = {}
    for result in results:
        splits.setdefault(result.split, {})[result.policy] = figures(result.episodes)
    return {**about, 'splits': splits}


def figures(episodes: Sequence[EpisodeResult]) -> dict[str, Any]:
    """Return the figures of some episodes: shares are of all objects, times in ms.

    The digest is a fingerprint of every outcome; times are left out of it.
    """
    objects = max(1, sum(e.cleared + e.dropped + e.remaining for e in episodes))
    times = [record.plan_ms for episode in episodes for record in episode.records]
    found = outcomes(episodes)
    return {
        **wilson(sum(e.success for e in episodes), len(episodes)).figures('success'),
        'cleared': round(sum(e.cleared for e in episodes) / objects, 4),
        'dropped': round(sum(e.dropped for e in episodes) / objects, 4),
        'actions': round(sum(e.actions for e in episodes) / max(1, len(episodes)), 4),
        'plan_ms_p50': _time(times, 50.0), 'plan_ms_p99': _time(times, 99.0),
        'episodes': len(episodes), 'digest': sha256(json.dumps(found).encode())[:16],
        'outcomes': found,
    }


def joined(blocks: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the figures of episodes that were played block by block, from those of each block.

    The planning times of the whole are the median of the medians and the largest of the 99th
    percentiles.
    """
    medians, largest = (
        [block[name] for block in blocks if block[name] is not None]
        for name in ('plan_ms_p50', 'plan_ms_p99')
    )
    return {
        **figures(episodes_of(outcome for block in blocks for outcome in block['outcomes'])),
        'plan_ms_p50': _time(medians, 50.0), 'plan_ms_p99': max(largest, default=None),
    }


def _time(times: Sequence[float], share: float) -> float | None:
    """Return a percentile [ms]; None, which JSON knows, where nothing was timed."""
    return round(percentile(times, share), 2) if times else None
