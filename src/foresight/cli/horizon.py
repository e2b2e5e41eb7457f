"""`foresight horizon`: success by horizon, with and without the critic, on the same scenes."""

import json as json_module
from dataclasses import asdict, replace
from pathlib import Path
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
    TaskArgument,
    Workers,
    bars,
    command,
    counts,
    machine,
    measure,
)
from foresight.cli.output import JsonOption, plain, quiet_stdout, write_json
from foresight.errors import ConfigError
from foresight.experiments.horizon.page import Look, looks, to_document, to_markdown
from foresight.experiments.players import HARD, ClearTablePlayers, scenes
from foresight.experiments.results import figures, joined
from foresight.files import find_model, sha256, write_atomically
from foresight.rollout.policies import PlannerPolicy
from foresight.settings import CLEAR_TABLE, SHIPPED
from foresight.sim.settings import SimConfig
from foresight.tasks.assembly import has_critic
from foresight.tasks.task_file import load_task
from foresight.world_model.checkpoint import digest, load

PARTS = ('seen', 'unseen', HARD)
BLOCK = 200
"""Episodes of a row that are kept together: what is finished of a long row is not played again."""

Episodes = Annotated[int, typer.Option(min=1, help='Episodes of each row.')]
Part = Annotated[str, typer.Option(help=f'Scenes: one of {", ".join(PARTS)}.')]
Horizons = Annotated[str, typer.Option(help='Comma-separated pushes to look ahead.')]
RowNames = Annotated[
    str, typer.Option(help='Comma-separated rows such as H1,H3+critic; empty = all.'),
]
Weight = Annotated[float, typer.Option(min=0.0, help='Weight of the critic; 1 = as learned.')]
Work = Annotated[Path, typer.Option(
    help=f'Folder of finished blocks of {BLOCK} episodes, which are not played again.',
)]


def horizon(
    task: TaskArgument = CLEAR_TABLE,
    episodes: Episodes = 200,
    seed: Seed = 10_000,
    objects: Objects = 3,
    split: Part = HARD,
    horizons: Horizons = '1,2,3',
    rows: RowNames = '',
    weight: Weight = 1.0,
    checkpoint: CheckpointFolder = SHIPPED,
    workers: Workers = 2,
    work: Work = Path('runs/horizon'),
    out: Out = RESULTS,
    json: JsonOption = None,
) -> None:
    """Measure what looking further ahead is worth and write a results table."""
    if split not in PARTS:
        raise ConfigError(f'--split {split!r} is unknown: choose one of {", ".join(PARTS)}')
    folder, asked = find_model(checkpoint), load_task(task)
    base = ClearTablePlayers(
        PlannerPolicy.name, task, scenes(SimConfig(objects=objects), split), folder,
    )
    seeds = range(seed, seed + episodes)
    with quiet_stdout(json):
        console = Console(stderr=True)
        known = looks(_numbers(horizons), has_critic(load(folder, 'cpu')))
        if not any(look.critic for look in known):
            console.print(f'{folder} has no critic: rows without it (`foresight critic` adds one)')
        with bars(console) as progress:
            measured = {
                look: _row(
                    replace(base, task=look.apply(asked, weight)), look, seeds, workers, work,
                    progress,
                ) for look in _chosen(known, rows)
            }
        document = to_document(measured, {
            'task': asked.name, 'split': split, 'episodes': episodes, 'seed': seed,
            **counts(SimConfig(objects=objects), split), 'machine': machine(),
            'command': command(), 'checkpoint': str(checkpoint),
        })
        name, text = page_name(asked.name, split, seeds, folder), to_markdown(document)
        write_json(document, str(out / f'{name}.json'))
        write_atomically(out / f'{name}.md', text)
        if json is None:
            console.print(text, markup=False)
    write_json(document, json)


def page_name(task: str, split: str, seeds: range, checkpoint: Path) -> str:
    """Return the name of a page; another than the shipped checkpoint has its own."""
    shipped = checkpoint.resolve() == find_model(SHIPPED).resolve()
    name = f'horizon_{task}_{split}_{seeds.start}_{len(seeds)}'
    return name if shipped else f'{name}_{checkpoint.name}'


def _chosen(known: list[Look], rows: str) -> list[Look]:
    """Return the rows that are asked for, in the order of the table."""
    by_name = {look.name: look for look in known}
    wanted = [row.strip() for row in rows.split(',')] if rows else list(by_name)
    if unknown := [row for row in wanted if row not in by_name]:
        raise ConfigError(f'--rows {unknown[0]!r} is unknown: choose from {", ".join(by_name)}')
    return [look for name, look in by_name.items() if name in wanted]


def _numbers(horizons: str) -> list[int]:
    """Read the horizons."""
    try:
        return [int(word) for word in horizons.split(',')]
    except ValueError as error:
        raise ConfigError(f'--horizons {horizons!r}: write numbers such as 1,2,3') from error


def _row(
    players: ClearTablePlayers, look: Look, seeds: range, workers: int, work: Path,
    progress: Progress,
) -> dict[str, Any]:
    """Play a row block by block."""
    blocks = [seeds[first:first + BLOCK] for first in range(0, len(seeds), BLOCK)]
    return joined([_block(players, look, block, workers, work, progress) for block in blocks])


def _block(
    players: ClearTablePlayers, look: Look, seeds: range, workers: int, work: Path,
    progress: Progress,
) -> dict[str, Any]:
    """Play a block of a row, unless it was played before with the same settings."""
    identity = _identity(players, seeds)
    path = work / f'{identity}.json'
    if path.exists():
        kept: dict[str, Any] = json_module.loads(path.read_text())
        return kept
    row = figures(measure(players, seeds, workers, False, progress, look.name))
    write_json(row, str(path))
    return row


def _identity(players: ClearTablePlayers, seeds: range) -> str:
    """Return a fingerprint of all that decides the outcomes of a row."""
    described = {
        **asdict(players), 'checkpoint': digest(load(players.checkpoint, 'cpu')),
        'seeds': [seeds.start, seeds.stop],
    }
    text = json_module.dumps(described, default=plain, sort_keys=True)
    return sha256(text.encode())[:16]
