"""`foresight evaluate memory`: object permanence, and planning with the arm in view."""

import atexit
import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import cache, partial
from pathlib import Path
from typing import Annotated, Any, Protocol, runtime_checkable

import torch
import typer
from rich.console import Console
from rich.progress import Progress

from foresight.cli.evaluate import (
    RESULTS,
    CheckpointFolder,
    Objects,
    Out,
    Seed,
    Workers,
    bars,
    command,
    machine,
)
from foresight.cli.output import JsonOption, quiet_stdout, write_json
from foresight.errors import ConfigError, WorkerError
from foresight.experiments.memory.page import to_document, to_markdown
from foresight.experiments.memory.permanence import MEMORY, NONE
from foresight.experiments.memory.players import MemoryPlayers
from foresight.experiments.results import PolicyResult
from foresight.files import find_model, write_atomically
from foresight.settings import SHIPPED
from foresight.sim.settings import SimConfig
from foresight.world_model.belief.memory import MemoryConfig

NAME, HIDDEN, SPOIL, RETRACTED = 'memory', 'hidden objects', 'arm above', 'arm retracted'
LOOPS = (MEMORY, NONE, RETRACTED)
EPISODE_SHARE = 0.5
"""Episodes for each scene of hidden objects: they take longer and there are three kinds."""
SPLITS = ('seen', 'unseen')

Scenes = Annotated[int, typer.Option('--episodes', min=1, help=(
    'Scenes with hidden objects; half as many episodes are played with the arm in view.'
))]
Split = Annotated[str, typer.Option(help=f'Objects: one of {", ".join(SPLITS)}.')]


@runtime_checkable
class Plays(Protocol):
    """Anything that measures something on the scene of a seed."""

    def play(self, seed: int) -> Any:
        """Measure it."""
        ...


KINDS: dict[str, Callable[[MemoryPlayers], Plays]] = {
    HIDDEN: MemoryPlayers.permanence,
    SPOIL: MemoryPlayers.spoiling,
    MEMORY: lambda players: players.arm_in_view(MEMORY),
    NONE: lambda players: players.arm_in_view(None),
    RETRACTED: MemoryPlayers.arm_retracted,
}


def memory(
    scenes: Scenes = 100,
    seed: Seed = 4000,
    objects: Objects = 3,
    split: Split = 'seen',
    checkpoint: CheckpointFolder = SHIPPED,
    workers: Workers = 2,
    out: Out = RESULTS,
    json: JsonOption = None,
) -> None:
    """Measure what is known of hidden objects, and planning with the arm in view."""
    if split not in SPLITS:
        raise ConfigError(f'--split {split!r} is unknown: choose one of {", ".join(SPLITS)}')
    config = SimConfig(objects=objects, object_set=split)
    episodes = max(1, round(EPISODE_SHARE * scenes))
    counts = {HIDDEN: scenes, SPOIL: scenes, **dict.fromkeys(LOOPS, episodes)}
    with quiet_stdout(json), bars(Console(stderr=True)) as progress:
        play = partial(_play, config, find_model(checkpoint))
        found = _measure(play, counts, seed, workers, progress)
        loops = {
            name: PolicyResult(name, config.object_set, tuple(found[name]))
            for name in LOOPS
        }
        trials = [trial for of_scene in found[HIDDEN] for trial in of_scene]
        document = to_document(trials, found[SPOIL], loops, {
            'task': NAME, 'scenes': scenes, 'episodes': episodes, 'seed': seed,
            'objects': config.objects, 'split': config.object_set, 'checkpoint': str(checkpoint),
            'machine': machine(), 'command': command(),
        })
        write_json(document, str(out / f'{NAME}.json'))
        text = to_markdown(document)
        write_atomically(out / f'{NAME}.md', text)
        if json is None:
            Console(stderr=True).print(text, markup=False)
    write_json(document, json)


def _measure(
    play: Callable[[str, int], Any], counts: dict[str, int], seed: int, workers: int,
    progress: Progress,
) -> dict[str, list[Any]]:
    """Measure every kind on its seeds under progress bars."""
    done: dict[str, list[Any]] = {name: [] for name in counts}
    shown = {name: progress.add_task(name, total=count, rate='') for name, count in counts.items()}
    names = [name for name, count in counts.items() for _ in range(count)]
    seeds = [seed + number for count in counts.values() for number in range(count)]
    for name, result in zip(names, _spread(play, names, seeds, workers), strict=True):
        done[name].append(result)
        progress.advance(shown[name])
    return done


def _spread(
    play: Callable[[str, int], Any], names: Sequence[str], seeds: Sequence[int], workers: int,
) -> Iterator[Any]:
    """Play in this process or in others, in order.

    Raises:
        WorkerError: If a worker process was killed.
    """
    if workers <= 1:
        yield from map(play, names, seeds)
        return
    with ProcessPoolExecutor(workers, multiprocessing.get_context('spawn')) as pool:
        try:
            yield from pool.map(play, names, seeds)
        except BrokenProcessPool:
            raise WorkerError(
                'a worker process was killed (out of memory?): run again with fewer workers'
            ) from None


def _play(config: SimConfig, folder: Path, name: str, seed: int) -> Any:
    """Measure one kind on one seed."""
    return _kind(name, config, folder).play(seed)


@cache
def _kind(name: str, config: SimConfig, folder: Path) -> Plays:
    """Build what measures one kind, once a process."""
    return KINDS[name](_players(config, folder))


@cache
def _players(config: SimConfig, folder: Path) -> MemoryPlayers:
    """Build simulator and world model, once a process."""
    torch.set_num_threads(1)
    players = MemoryPlayers(config, folder, MemoryConfig())
    atexit.register(players.close)
    return players
