"""Gather episodes with several worker processes; what is finished is kept, whatever happens."""

import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from foresight.data.collected import MANIFEST
from foresight.data.episodes import Episode, load_episode, save_episode
from foresight.differences import differences, named
from foresight.errors import DatasetError, WorkerError
from foresight.files import write_atomically
from foresight.reading import damaged, read_json
from foresight.rollout.workers import Builder, Crew

EPISODES = 'episode_*.npz'
RESTARTS = 5
FREE_BYTES = 200 * 2**20
"""Collecting stops before the disk holds less than this."""

Progress = Callable[[int], None]


@runtime_checkable
class Plays(Protocol):
    """Anything that plays the episode of a seed."""

    def play(self, seed: int) -> Episode:
        """Play one episode; all of it depends on the seed alone."""


@dataclass(frozen=True)
class Order:
    """How much to gather: actions, the seed of the first episode, and worker processes."""

    actions: int
    seed: int
    workers: int


def gather(build: Builder[Plays], order: Order, folder: Path, progress: Progress) -> int:
    """Play until the folder holds enough actions.

    Episodes are seeded by their number, so that an interrupted run goes on where it stopped.

    Args:
        build: Builds what plays, in each process.
        order: How much to gather.
        folder: Where the episodes go.
        progress: Called with the number of actions held so far.

    Returns:
        The number of actions in the folder.

    Raises:
        DatasetError: If the disk is full, or workers keep dying. Finished episodes stay.
    """
    total = held(folder)
    progress(total)
    deaths = 0
    while total < order.actions:
        try:
            for actions in _played(build, order, folder):
                total += actions
                progress(total)
                if total >= order.actions:
                    break
        except WorkerError as error:
            deaths, total = deaths + 1, held(folder)
            if deaths > RESTARTS:
                raise DatasetError(
                    f'workers died {deaths} times (out of memory?): run again with fewer '
                    f'--workers; {total} actions are kept'
                ) from error
    return total


def check_manifest(
    folder: Path, described: Mapping[str, Any],
    completed: Callable[[dict[str, Any]], Mapping[str, Any]] = dict,
) -> None:
    """Write what decides how play looks into a folder, or compare it with what is there.

    Args:
        folder: Where the episodes go; it is made if it is not there.
        described: What decides how play looks.
        completed: Adds to what is there the defaults of settings that are newer.

    Raises:
        DatasetError: If the folder was made with other settings.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path, wanted = folder / MANIFEST, json.loads(json.dumps(described))
    if not path.exists():
        write_atomically(path, json.dumps(wanted, indent=2) + '\n')
        return
    with damaged(path, 'choose another --out', DatasetError):
        others = differences(completed(read_json(path)), wanted)
    if others:
        raise DatasetError(
            f'{folder} was made with other settings ({named(others)}): choose another --out'
        )


def held(folder: Path) -> int:
    """Count the actions of the finished episodes in a folder."""
    return sum(len(load_episode(path).actions) for path in sorted(folder.glob(EPISODES)))


def _played(build: Builder[Plays], order: Order, folder: Path) -> Iterator[int]:
    """Play the episodes that are missing, without end; yield the actions of each."""
    jobs = ((seed, folder) for seed in _missing_seeds(order.seed, folder))
    with Crew(order.workers) as crew:
        yield from crew.run(build, play_into, jobs)


def play_into(player: Plays, job: tuple[int, Path]) -> int:
    """Play the episode of a seed into a folder; return its actions.

    Raises:
        DatasetError: If the disk is nearly full.
    """
    seed, folder = job
    if shutil.disk_usage(folder).free < FREE_BYTES:
        raise DatasetError(
            f'less than {FREE_BYTES >> 20} MB left for {folder}: free some disk and run the same '
            'command again: finished episodes are kept'
        )
    episode = player.play(seed)
    save_episode(episode, folder / f'episode_{seed:08d}.npz')
    return len(episode.actions)


def _missing_seeds(first: int, folder: Path) -> Iterator[int]:
    """Count up from the first seed, leaving out finished episodes."""
    seed = first
    while True:
        if not (folder / f'episode_{seed:08d}.npz').exists():
            yield seed
        seed += 1
