"""Closed-loop episodes of experiments: which scenes, played under a bar."""

import math
from collections.abc import Callable, Iterator
from pathlib import Path

from rich.progress import Progress

from foresight.actions.loading import load
from foresight.experiments.results import PolicyResult
from foresight.rollout.episode import EpisodeResult, allowed_actions
from foresight.rollout.loop import evaluate as in_lockstep
from foresight.rollout.players import HARD, HARD_EXTRA, ClearTablePlayers
from foresight.sim.settings import SimConfig

SPLITS = {
    'seen': ('seen',), 'unseen': ('unseen',), 'both': ('seen', 'unseen'), HARD: (HARD,),
}
Play = Callable[[ClearTablePlayers, range, int], Iterator[EpisodeResult]]
"""Plays the episode of each seed, on so many processes."""


def measure(
    players: ClearTablePlayers, seeds: range, workers: int, progress: Progress, name: str = '',
    play: Play = in_lockstep,
) -> PolicyResult:
    """Play every seed under a bar that shows how many episodes succeeded."""
    name = name or f'{players.split} {players.policy}'
    bar = progress.add_task(name, total=len(seeds), rate='')
    done: list[EpisodeResult] = []
    for episode in play(players, seeds, workers):
        done.append(episode)
        rate = sum(episode.success for episode in done) / len(done)
        progress.update(bar, completed=len(done), rate=f'{rate:.2f} success')
    return PolicyResult(players.policy, players.split, tuple(done))


def counts(sim: SimConfig, split: str) -> dict[str, int | str]:
    """Say how many objects an episode has, and how many actions it allows."""
    most = sim.objects + (HARD_EXTRA if split == HARD else sim.extra_objects)
    low, high = (
        allowed_actions(sim.max_actions, sim.actions_an_object, count)
        for count in (sim.objects, most)
    )
    if most == sim.objects:
        return {'objects': most, 'max_actions': high}
    return {'objects': f'{sim.objects}-{most}', 'max_actions': f'{low}-{high}'}


def scores(checkpoint: Path) -> dict[str, float]:
    """Return the finite held-out scores that a checkpoint was saved with."""
    known = load(checkpoint, 'cpu').config.scores
    return {name: round(value, 4) for name, value in known.items() if math.isfinite(value)}
