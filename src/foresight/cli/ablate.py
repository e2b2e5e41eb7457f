"""`foresight ablate`: rows of anti-collapse methods or of labels, at equal budget, as a table."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markdown import Markdown

from foresight.cli.evaluate import command, machine
from foresight.cli.output import JsonOption, quiet_stdout, write_json
from foresight.cli.players import ClearTablePlayers
from foresight.cli.train import DataOption, cached_transitions
from foresight.config import SimConfig, TrainConfig
from foresight.errors import ConfigError
from foresight.training import results
from foresight.training.ablation import Ablation
from foresight.training.ablation_rows import QUICK, QUICK_BUDGET, Budget, choose_rows
from foresight.training.ablation_table import to_document, to_markdown
from foresight.training.closed_loop import evaluate as play_episodes
from foresight.training.policies import PlannerPolicy
from foresight.training.results import PolicyResult
from foresight.world_model.checkpoint import CheckpointConfig

RESULTS, RUNS = Path('docs/results'), Path('runs')
NAMES = {'methods': 'ablation', 'labels': 'label_efficiency'}

Table = Annotated[str, typer.Option(help='methods, or labels: success by labelled images.')]
RowNames = Annotated[str, typer.Option(help='Comma-separated rows; empty = all of the table.')]
Seeds = Annotated[str, typer.Option(help='Comma-separated training seeds; 0,1,2, quick 0.')]
Quick = Annotated[bool, typer.Option(help='Four rows, one seed, a small budget: ten minutes.')]
Steps = Annotated[int | None, typer.Option(
    min=1, help=f'Optimiser steps of a run; {Budget.steps}, quick {QUICK_BUDGET.steps}.',
)]
HeadSteps = Annotated[int | None, typer.Option(
    min=1, help=f'Steps of a cost head alone; {Budget.head_steps}.',
)]
Episodes = Annotated[int | None, typer.Option(
    min=1, help=f'Episodes of a run; {Budget.episodes}, quick {QUICK_BUDGET.episodes}.',
)]
FirstEpisode = Annotated[int | None, typer.Option(
    min=0, help=f'First seed of the episodes; {Budget.first_episode}. Nothing is tuned on '
    '10000-19999.',
)]
StartOption = Annotated[str, typer.Option(
    help='Self-supervised checkpoint for cost heads alone; empty = the reference row of the seed.',
)]
RunsOption = Annotated[Path, typer.Option(help='Folder of checkpoints and half-trained runs.')]
Out = Annotated[Path, typer.Option(help='Folder of the table and of one file a finished run.')]
Workers = Annotated[int, typer.Option(min=1, help='Processes that play episodes.')]
Threads = Annotated[int, typer.Option(min=1, help='Torch threads in training.')]


def ablate(
    table: Table = 'methods',
    rows: RowNames = '',
    seeds: Seeds = '',
    quick: Quick = False,
    data: DataOption = Path('data/play'),
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
    """Train rows of methods or labels at equal budget, score them and write a table.

    Run again to go on: a finished run is one file, a half-trained one resumes.
    """
    budget = make_budget(
        quick, steps=steps, head_steps=head_steps, episodes=episodes, first_episode=first_episode,
    )
    chosen = choose_rows(table, rows or (','.join(QUICK) if quick else ''))
    numbers = parse_seeds(seeds or ('0' if quick else '0,1,2'))
    suffix = '_quick' if quick else ''
    about = {'machine': machine(), 'command': command()}
    with quiet_stdout(json):
        console = Console(stderr=True)
        base = CheckpointConfig(train=TrainConfig(threads=threads))
        transitions = cached_transitions(data, base)
        ablation = Ablation(
            transitions, base, budget, runs / f'ablation{suffix}', out / f'ablation{suffix}',
            Play(workers, budget), about, start,
        )
        for seed in numbers:
            for row in chosen:
                ablation.run(row, seed, console)
        document = to_document(table, ablation.collect(table), {
            **about, 'budget': asdict(budget), 'dataset': transitions.digest,
        })
        write_table(document, out, NAMES[table] + suffix)
        console.print(Markdown(to_markdown(document)))
    write_json(document, json)


def make_budget(quick: bool, **given: int | None) -> Budget:
    """Return the usual or the quick budget, with what was given instead."""
    usual = QUICK_BUDGET if quick else Budget()
    return replace(usual, **{name: value for name, value in given.items() if value is not None})


class Play:
    """Plays the closed-loop episodes of a run."""

    def __init__(self, workers: int, budget: Budget) -> None:
        """Keep how many, and on how many processes."""
        self._workers = workers
        self._seeds = range(budget.first_episode, budget.first_episode + budget.episodes)

    def __call__(self, checkpoint: Path) -> Mapping[str, Any]:
        """Return the figures of the planner with a checkpoint."""
        sim = SimConfig()
        players = ClearTablePlayers(PlannerPolicy.name, 'clear_table', sim, checkpoint)
        done = tuple(play_episodes(players, self._seeds, self._workers))
        result = PolicyResult(players.policy, players.split, done)
        document = results.to_document([result], {})
        figures: dict[str, Any] = document['splits'][sim.object_set][players.policy]
        return figures


def parse_seeds(seeds: str) -> tuple[int, ...]:
    """Read a comma-separated list of numbers.

    Raises:
        ConfigError: If it is none.
    """
    numbers = seeds.split(',')
    if not all(number.strip().isdecimal() for number in numbers):
        raise ConfigError(f'--seeds {seeds!r}: give whole numbers with commas between, as 0,1,2')
    return tuple(int(number) for number in numbers)


def write_table(document: Mapping[str, Any], out: Path, name: str) -> None:
    """Write the table as JSON and Markdown."""
    write_json(document, str(out / f'{name}.json'))
    (out / f'{name}.md').write_text(to_markdown(document), encoding='utf-8')
