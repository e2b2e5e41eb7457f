"""Results of closed-loop play: episodes of a policy and their figures."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from foresight.experiments.statistics import Proportion, percentile, wilson
from foresight.files import sha256
from foresight.rollout.episode import EpisodeResult


@dataclass(frozen=True)
class PolicyResult:
    """Episodes of one policy on one split of the scenes.

    Attributes:
        policy: Name of the policy.
        split: `seen`, `unseen` or `hard`.
        episodes: One result a seed.
    """

    policy: str
    split: str
    episodes: tuple[EpisodeResult, ...]

    @property
    def success(self) -> Proportion:
        """Full success with its Wilson interval."""
        return wilson(sum(episode.success for episode in self.episodes), len(self.episodes))

    @property
    def cleared(self) -> float:
        """Share of all objects that ended in the bin."""
        return self._share(sum(episode.cleared for episode in self.episodes))

    @property
    def dropped(self) -> float:
        """Share of all objects that were dropped."""
        return self._share(sum(episode.dropped for episode in self.episodes))

    @property
    def actions(self) -> float:
        """Mean actions of an episode."""
        return sum(episode.actions for episode in self.episodes) / max(1, len(self.episodes))

    def plan_ms(self, share: float) -> float:
        """Return a percentile of the planning time [ms]."""
        times = [record.plan_ms for episode in self.episodes for record in episode.records]
        return percentile(times, share)

    @property
    def digest(self) -> str:
        """Return a fingerprint of every per-episode outcome; times are left out."""
        return sha256(json.dumps(outcomes(self.episodes)).encode())[:16]

    def _share(self, count: int) -> float:
        """Divide by the objects of all episodes."""
        return count / max(1, sum(e.cleared + e.dropped + e.remaining for e in self.episodes))


def outcomes(episodes: Sequence[EpisodeResult]) -> list[list[int]]:
    """Return [seed, success, cleared, dropped, remaining, actions] of each episode."""
    return [
        [e.seed, int(e.success), e.cleared, e.dropped, e.remaining, e.actions] for e in episodes
    ]


def to_document(results: Sequence[PolicyResult], about: dict[str, Any]) -> dict[str, Any]:
    """Return one JSON document; `splits` holds the figures by split and policy.

    Args:
        results: One result for each split and policy.
        about: How the figures were made: command, seeds, machine, checkpoint.
    """
    splits: dict[str, dict[str, Any]] = {}
    for result in results:
        splits.setdefault(result.split, {})[result.policy] = figures(result)
    return {**about, 'splits': splits}


def figures(result: PolicyResult) -> dict[str, Any]:
    """Return the figures of one policy on one split."""
    return {
        **result.success.figures('success'),
        'cleared': _rounded(result.cleared),
        'dropped': _rounded(result.dropped),
        'actions': _rounded(result.actions),
        'plan_ms_p50': _rounded(result.plan_ms(50.0), 2),
        'plan_ms_p99': _rounded(result.plan_ms(99.0), 2),
        'episodes': len(result.episodes),
        'digest': result.digest,
        'outcomes': outcomes(result.episodes),
    }


def joined(blocks: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the figures of episodes that were played block by block.

    Args:
        blocks: Figures of each block. The planning times of the whole are the median of their
            medians and the largest of their 99th percentiles.
    """
    episodes = tuple(
        EpisodeResult(seed, bool(success), cleared, dropped, remaining, actions, records=())
        for block in blocks for seed, success, cleared, dropped, remaining, actions
        in block['outcomes']
    )
    medians, largest = (
        [block[name] for block in blocks if block[name] is not None]
        for name in ('plan_ms_p50', 'plan_ms_p99')
    )
    return {
        **figures(PolicyResult('', '', episodes)),
        'plan_ms_p50': _rounded(percentile(medians, 50.0), 2),
        'plan_ms_p99': max(largest, default=None),
    }


def _rounded(value: float, digits: int = 4) -> float | None:
    """Round; None for what JSON cannot say."""
    return round(value, digits) if math.isfinite(value) else None
