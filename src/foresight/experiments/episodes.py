"""Closed-loop episodes of experiments: which scenes, played under a bar."""

from collections.abc import Callable, Iterable, Iterator

from rich.console import Console

from foresight.experiments.results import PolicyResult
from foresight.progress import bars
from foresight.rollout.episode import EpisodeResult, allowed_actions
from foresight.rollout.loop import evaluate as in_lockstep
from foresight.rollout.players import HARD, HARD_EXTRA, ClearTablePlayers
from foresight.sim.settings import SimConfig

SPLITS = {'seen': ('seen',), 'unseen': ('unseen',), 'both': ('seen', 'unseen'), HARD: (HARD,)}
Play = Callable[[ClearTablePlayers, range, int], Iterator[EpisodeResult]]
"""Plays the episode of each seed, on so many processes."""


def play_all(
    rows: Iterable[tuple[str, ClearTablePlayers]], seeds: range, workers: int, console: Console,
    play: Play = in_lockstep,
) -> list[PolicyResult]:
    """Play every seed of every row, by name, under a bar that shows how many succeeded."""
    results = []
    with bars(console) as progress:
        for name, players in rows:
            bar = progress.add_task(f'{players.split} {name}', total=len(seeds), rate='')
            done: list[EpisodeResult] = []
            for episode in play(players, seeds, workers):
                done.append(episode)
                rate = sum(episode.success for episode in done) / len(done)
                progress.update(bar, completed=len(done), rate=f'{rate:.2f} success')
            results.append(PolicyResult(name, players.split, tuple(done)))
    return results


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
