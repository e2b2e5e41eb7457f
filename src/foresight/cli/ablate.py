"""`foresight ablate`: rows of methods, labels or transfer, at equal budget, as a table."""

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markdown import Markdown

from foresight.cli.evaluate import command, machine
from foresight.cli.output import JsonOption, quiet_stdout, write_json
from foresight.cli.train import cached_transitions
from foresight.data.robot_time import robot_time
from foresight.errors import ConfigError
from foresight.experiments.ablation import rows as starting
from foresight.experiments.ablation.methods import METHODS, QUICK, REFERENCE
from foresight.experiments.ablation.play import Play
from foresight.experiments.ablation.practice import Practice
from foresight.experiments.ablation.rows import Budget
from foresight.experiments.ablation.runner import Ablation
from foresight.experiments.ablation.table import Table
from foresight.experiments.ablation.tables import TABLES, find_table
from foresight.experiments.ablation.transfer import untouched
from foresight.files import find_model, write_atomically
from foresight.learning.settings import TrainConfig
from foresight.settings import SHIPPED
from foresight.sim.site import Site, load_site
from foresight.world_model.checkpoint import CheckpointConfig, load

RESULTS, RUNS = Path('docs/results'), Path('runs')


def usual(figure: str) -> str:
    """Say what every table spends, for the help of an option."""
    own = ((table.name, getattr(table.budget, figure)) for table in TABLES.values())
    default = getattr(Budget(), figure)
    others = [f'{name} {value}' for name, value in own if value != default]
    return ', '.join([str(default), *others])


TableName = Annotated[str, typer.Option(
    '--table', help='methods; quick: its extremes; labels: success by labelled images; transfer: '
    'at another site; robot_hours: success by robot-hours, with and without practice.',
)]
RowNames = Annotated[str, typer.Option(help='Comma-separated rows; empty = all of the table.')]
Seeds = Annotated[str, typer.Option(
    help='Comma-separated training seeds; 0,1,2, the table methods; else 0.'
)]
Quick = Annotated[bool, typer.Option(
    help='The table quick: four rows, one seed, a small budget, ten minutes.'
)]
Data = Annotated[Path | None, typer.Option(
    help='Folder of episodes that `collect` wrote; data/play, transfer data/<site>.',
)]
Steps = Annotated[int | None, typer.Option(
    min=1, help=f'Optimiser steps of a run; {usual("steps")}.',
)]
HeadSteps = Annotated[int | None, typer.Option(
    min=1, help=f'Steps of a cost head alone; {usual("head_steps")}.',
)]
Episodes = Annotated[int | None, typer.Option(
    min=1, help=f'Episodes of a run; {usual("episodes")}.',
)]
FirstEpisode = Annotated[int | None, typer.Option(
    min=0, help=f'First seed of the episodes; {usual("first_episode")}. Nothing is tuned on '
    '10000-19999.',
)]
StartOption = Annotated[str, typer.Option(
    help='Self-supervised checkpoint that rows go on from; empty = the shipped one for transfer, '
    'else the reference row of the seed.',
)]
SiteName = Annotated[str, typer.Option(
    help='Where transfer goes: a name in config/sites, or a YAML file.'
)]
RunsOption = Annotated[Path, typer.Option(help='Folder of checkpoints and half-trained runs.')]
Out = Annotated[Path, typer.Option(help='Folder of the table and of one file a finished run.')]
Workers = Annotated[int, typer.Option(min=1, help='Processes that play episodes.')]
Threads = Annotated[int, typer.Option(min=1, help='Torch threads in training.')]


def ablate(
    table: TableName = METHODS.name,
    rows: RowNames = '',
    seeds: Seeds = '',
    quick: Quick = False,
    data: Data = None,
    site: SiteName = 'moved',
    steps: Steps = None,
    head_steps: HeadSteps = None,
    episodes: Episodes = None,
    first_episode: FirstEpisode = None,
    start: StartOption = '',
    runs: RunsOption = RUNS,
    out: Out = RESULTS,
    workers: Workers = 2,
    threads: Threads = 2,
    json: JsonOption = None,
) -> None:
    """Train rows of a table at equal budget, score them and write the table.

    Run again to go on: a finished run is one file, a half-trained one resumes.
    """
    chosen = choose_table(table, quick).spending(
        steps=steps, head_steps=head_steps, episodes=episodes, first_episode=first_episode,
    )
    wanted, numbers = chosen.choose(rows), parse_seeds(seeds) or chosen.seeds
    place = load_site(site if chosen.moves else '')
    starts = find_starts(start, chosen)
    data = data or Path('data') / (site if chosen.moves else 'play')
    trained, results = runs / (chosen.shares or chosen.page), out / chosen.page
    about: dict[str, Any] = {'machine': machine(), 'command': command()}
    with quiet_stdout(json):
        console = Console(stderr=True)
        base = base_config(starts, place) if chosen.moves else CheckpointConfig()
        transitions = cached_transitions(data, base)
        play = Play(workers, chosen.budget, place)
        ablation = Ablation(
            transitions, base, TrainConfig(threads=threads), chosen, trained, results, play,
            about, starts,
            practise=Practice(base, workers),
            time=robot_time(data) if any(row.pushes for row in chosen.rows) else None,
        )
        for seed in numbers:
            for row in wanted:
                ablation.run(row, seed, console)
        about |= {'dataset': transitions.digest, 'pushes': len(transitions)}
        if chosen.moves:
            free = untouched(results, trained, numbers)
            about |= {'site': place.name, 'references': play.references(results, free)}
        document = chosen.to_document(ablation.collect(), about)
        text = chosen.to_markdown(document)
        write_json(document, str(out / f'{chosen.page}.json'))
        write_atomically(out / f'{chosen.page}.md', text)
        console.print(Markdown(text))
    write_json(document, json)


def choose_table(name: str, quick: bool) -> Table:
    """Return the table that is asked for.

    Raises:
        ConfigError: If it is unknown, or two are asked for.
    """
    if quick and name not in (METHODS.name, QUICK.name):
        raise ConfigError(f'--quick is a table of its own: leave --table {name} or --quick out')
    return QUICK if quick else find_table(name)


def find_starts(start: str, table: Table) -> dict[str, str]:
    """Return the checkpoints that rows go on from, by what the rows call them.

    Args:
        start: What the command names; empty = the shipped one at another site, else none.
        table: Rows.
    """
    shipped = str(find_model(SHIPPED))
    given = str(find_model(Path(start))) if start else shipped if table.moves else ''
    known = {starting.GIVEN: given, REFERENCE.name: given} if given else {}
    return {starting.SHIPPED: shipped, **known}


def base_config(starts: dict[str, str], site: Site) -> CheckpointConfig:
    """Return the settings of every row at a site: the networks of the checkpoint, its table."""
    known = load(starts[starting.GIVEN], 'cpu').config
    return CheckpointConfig(
        encoder=known.encoder, predictor=known.predictor, push=known.push, scene=site.scene,
    )


def parse_seeds(seeds: str) -> tuple[int, ...]:
    """Read a comma-separated list of numbers, which may be empty.

    Raises:
        ConfigError: If it is none.
    """
    numbers = seeds.split(',') if seeds else []
    if not all(number.strip().isdecimal() for number in numbers):
        raise ConfigError(f'--seeds {seeds!r}: give whole numbers with commas between, as 0,1,2')
    return tuple(int(number) for number in numbers)
