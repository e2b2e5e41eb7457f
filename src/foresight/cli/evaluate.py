"""`foresight evaluate`: success over episodes, with floors and ceiling, as a results table."""

import math
import os
import platform
import shlex
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import torch
import typer
from rich.box import SIMPLE
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Table

from foresight.cli.collect import SiteOption
from foresight.cli.output import JsonOption, quiet_stdout, write_json
from foresight.errors import ConfigError
from foresight.experiments.players import HARD, HARD_EXTRA, POLICIES, ClearTablePlayers, scenes
from foresight.experiments.results import PolicyResult, to_document, to_markdown
from foresight.files import find_model, write_atomically
from foresight.rollout.closed_loop import EpisodeResult, allowed_pushes
from foresight.rollout.closed_loop import evaluate as play
from foresight.rollout.policies import PlannerPolicy
from foresight.settings import CLEAR_TABLE, SHIPPED
from foresight.sim.settings import SimConfig
from foresight.sim.site import load_site
from foresight.world_model.checkpoint import load

ALL = ','.join(POLICIES)
RESULTS = Path('docs/results')
SPLITS = {
    'seen': ('seen',), 'unseen': ('unseen',), 'both': ('seen', 'unseen'), HARD: (HARD,),
}

TaskArgument = Annotated[str, typer.Argument(help='Name of the task, or path of its YAML file.')]
Episodes = Annotated[int, typer.Option(min=1, help='Episodes of each policy and split.')]
Seed = Annotated[int, typer.Option(min=0, help='First seed; nothing is tuned on 10000-19999.')]
Objects = Annotated[int, typer.Option(min=1, max=10, help='Objects on the table.')]
ExtraObjects = Annotated[int, typer.Option(
    min=0, max=10, help='Up to this many objects more, drawn anew for each episode.',
)]
Split = Annotated[str, typer.Option(help='Scenes: seen, unseen, both or hard.')]
PolicyNames = Annotated[str, typer.Option(help=f'Comma-separated: {", ".join(POLICIES)}.')]
CheckpointFolder = Annotated[Path, typer.Option(help='Folder of the world model.')]
Out = Annotated[Path, typer.Option(help='Folder of the results table.')]
OverRos = Annotated[bool, typer.Option(help='Play through the real nodes; only the planner.')]
Workers = Annotated[int, typer.Option(min=1, help='Processes; outcomes do not depend on it.')]


def evaluate(
    task: TaskArgument = CLEAR_TABLE,
    episodes: Episodes = 100,
    seed: Seed = 10_000,
    objects: Objects = 3,
    extra_objects: ExtraObjects = 0,
    split: Split = 'both',
    policy: PolicyNames = ALL,
    site: SiteOption = '',
    checkpoint: CheckpointFolder = SHIPPED,
    workers: Workers = 2,
    over_ros: OverRos = False,
    out: Out = RESULTS,
    json: JsonOption = None,
) -> None:
    """Measure success over episodes and write a results table."""
    names = check_choices(split, PlannerPolicy.name if over_ros and policy == ALL else policy)
    if over_ros and names != [PlannerPolicy.name]:
        raise ConfigError('--over-ros plays the planner alone: leave --policy out')
    if over_ros and (split == HARD or extra_objects or site):
        raise ConfigError(
            f'--over-ros knows neither {HARD} scenes nor --extra-objects nor --site: leave them '
            'out'
        )
    place = load_site(site)
    sim = replace(place.sim, objects=objects, extra_objects=extra_objects)
    base = ClearTablePlayers(
        '', task, sim, find_model(checkpoint), scene=place.scene, camera=place.camera,
    )
    seeds = range(seed, seed + episodes)
    with quiet_stdout(json):
        console = Console(stderr=True)
        with bars(console) as progress:
            results = [
                measure(replace(base, policy=name, sim=scenes(base.sim, part)),
                        seeds, workers, over_ros, progress)
                for part in SPLITS[split] for name in names
            ]
        document = to_document(results, {
            'task': Path(task).stem, 'site': site and place.name, 'over_ros': over_ros,
            'episodes': episodes, 'seed': seed, **counts(base.sim, split),
            'machine': machine(), 'command': command(),
            'checkpoint': str(checkpoint) if PlannerPolicy.name in names else None,
            'prediction': scores(base.checkpoint) if PlannerPolicy.name in names else {},
        })
        write_files(document, out)
        if json is None:
            console.print(table(document))
    write_json(document, json)


def check_choices(split: str, policy: str) -> list[str]:
    """Return the names of the policies, or say what there is to choose from."""
    names = policy.split(',')
    wrong = [name for name in names if name not in POLICIES]
    if split not in SPLITS:
        raise ConfigError(f'--split {split!r} is unknown: choose one of {", ".join(SPLITS)}')
    if wrong:
        raise ConfigError(f'--policy {wrong[0]!r} is unknown: choose among {", ".join(POLICIES)}')
    return names


def counts(sim: SimConfig, split: str) -> dict[str, int | str]:
    """Say how many objects an episode has, and how many pushes it allows."""
    most = sim.objects + (HARD_EXTRA if split == HARD else sim.extra_objects)
    low, high = (
        allowed_pushes(sim.max_pushes, sim.pushes_an_object, count)
        for count in (sim.objects, most)
    )
    if most == sim.objects:
        return {'objects': most, 'max_pushes': high}
    return {'objects': f'{sim.objects}-{most}', 'max_pushes': f'{low}-{high}'}


def measure(
    players: ClearTablePlayers, seeds: range, workers: int, over_ros: bool, progress: Progress,
    name: str = '',
) -> PolicyResult:
    """Play every seed under a progress bar."""
    name = name or f'{players.split} {players.policy}'
    bar = progress.add_task(name, total=len(seeds), rate='')
    done: list[EpisodeResult] = []
    for episode in _over_ros(players, seeds) if over_ros else play(players, seeds, workers):
        done.append(episode)
        advance(progress, bar, done)
    return PolicyResult(players.policy, players.split, tuple(done))


def _over_ros(players: ClearTablePlayers, seeds: range) -> Iterator[EpisodeResult]:
    """Play through the nodes; the other evaluations do without ROS."""
    from foresight.cli.over_ros import play_over_ros

    sim, task = players.sim, players.task
    assert isinstance(task, str)  # The nodes read it from its file.
    limit = allowed_pushes(sim.max_pushes, sim.pushes_an_object, sim.objects)
    return play_over_ros(replace(sim, max_pushes=limit), players.checkpoint, seeds, task)


def advance(progress: Progress, bar: TaskID, done: list[EpisodeResult]) -> None:
    """Show how many episodes ran and how many of them succeeded."""
    rate = sum(episode.success for episode in done) / len(done)
    progress.update(bar, completed=len(done), rate=f'{rate:.2f} success')


@contextmanager
def bars(console: Console) -> Iterator[Progress]:
    """Show one bar for each split and policy."""
    columns = (
        TextColumn('{task.description:<20}'), BarColumn(), MofNCompleteColumn(),
        TextColumn('{task.fields[rate]}'), TimeElapsedColumn(), TimeRemainingColumn(),
    )
    with Progress(*columns, console=console) as progress:
        yield progress


def scores(checkpoint: Path) -> dict[str, float]:
    """Return the finite held-out scores that a checkpoint was saved with."""
    known = load(checkpoint, 'cpu').config.scores
    return {name: round(value, 4) for name, value in known.items() if math.isfinite(value)}


def table(document: dict[str, Any]) -> Table:
    """Return the figures for the terminal."""
    shown = Table(title=f'{document["task"]}, {document["episodes"]} episodes of each', box=SIMPLE)
    for heading in ('objects', 'policy', 'success', '95 %', 'cleared', 'dropped', 'pushes', 'ms'):
        shown.add_column(heading, justify='left' if heading in ('objects', 'policy') else 'right')
    for split, policies in document['splits'].items():
        for policy, f in policies.items():
            shown.add_row(
                split, policy, f'{f["success"]:.2f}',
                f'{f["success_low"]:.2f}-{f["success_high"]:.2f}', f'{f["cleared"]:.2f}',
                f'{f["dropped"]:.2f}', f'{f["pushes"]:.1f}', f'{f["plan_ms_p50"] or 0.0:.0f}',
            )
    return shown


def write_files(document: dict[str, Any], out: Path) -> None:
    """Write the table as JSON and Markdown, named by what was measured."""
    parts = '_'.join(document['splits'])
    name = '{task}_{objects}_objects_{parts}_{seed}_{episodes}'.format(**document, parts=parts)
    name += f'_{document["site"]}' if document['site'] else ''
    name += '_over_ros' if document['over_ros'] else ''
    write_json(document, str(out / f'{name}.json'))
    write_atomically(out / f'{name}.md', to_markdown(document))


def command() -> str:
    """Return the command line that runs, without where it was installed."""
    return shlex.join(['foresight', *sys.argv[1:]])


def machine() -> str:
    """Name what times, and the last digits of floating point, depend on."""
    cpuinfo = Path('/proc/cpuinfo')
    lines = cpuinfo.read_text().splitlines() if cpuinfo.exists() else []
    models = [line.partition(':')[2].strip() for line in lines if line.startswith('model name')]
    return (
        f'{models[0] if models else platform.machine()}, {os.cpu_count()} cores, '
        f'Python {platform.python_version()}, torch {torch.__version__}'
    )
