"""`foresight evaluate memory`: object permanence, and planning with the arm in view."""

from typing import Annotated, Any

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
from foresight.errors import ConfigError
from foresight.experiments.memory.page import to_document, to_markdown
from foresight.experiments.memory.players import (
    HIDDEN,
    LOOPS,
    SPOIL,
    MakeMemoryPlayers,
    MemoryPlayers,
)
from foresight.experiments.results import PolicyResult
from foresight.files import find_model, write_atomically
from foresight.rollout.workers import Crew
from foresight.settings import SHIPPED
from foresight.sim.settings import SimConfig
from foresight.world_model.belief.memory import MemoryConfig

NAME = 'memory'
EPISODE_SHARE = 0.5
"""Episodes for each scene of hidden objects: they take longer and there are three kinds."""
SPLITS = ('seen', 'unseen')

Scenes = Annotated[int, typer.Option('--episodes', min=1, help=(
    'Scenes with hidden objects; half as many episodes are played with the arm in view.'
))]
Split = Annotated[str, typer.Option(help=f'Objects: one of {", ".join(SPLITS)}.')]


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
        build = MakeMemoryPlayers(config, find_model(checkpoint), MemoryConfig())
        found = _measure(build, counts, seed, workers, progress)
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
    build: MakeMemoryPlayers, counts: dict[str, int], seed: int, workers: int, progress: Progress,
) -> dict[str, list[Any]]:
    """Measure every kind on its seeds under progress bars."""
    done: dict[str, list[Any]] = {name: [] for name in counts}
    shown = {name: progress.add_task(name, total=count, rate='') for name, count in counts.items()}
    jobs = [(name, seed + number) for name, count in counts.items() for number in range(count)]
    with Crew(workers) as crew:
        played = crew.run(build, MemoryPlayers.play, jobs)
        for (name, _), result in zip(jobs, played, strict=True):
            done[name].append(result)
            progress.advance(shown[name])
    return done
