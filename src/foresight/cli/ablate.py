"""`foresight ablate`: rows of methods, labels or transfer, at equal budget, as a table."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from json import loads as load_json
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markdown import Markdown

from foresight.cli.evaluate import SHIPPED, command, machine
from foresight.cli.output import JsonOption, quiet_stdout, write_json
from foresight.cli.players import ClearTablePlayers
from foresight.cli.train import cached_transitions
from foresight.config import TrainConfig, WatchConfig
from foresight.data.robot_time import robot_time
from foresight.errors import ConfigError
from foresight.nodes.models import find_model
from foresight.training import ablation_rows, results
from foresight.training.ablation import Ablation
from foresight.training.ablation_rows import (
    COST_TASK,
    EFFICIENCY,
    EFFICIENCY_BUDGET,
    GIVEN,
    GOAL_TASK,
    PLAY,
    QUICK,
    QUICK_BUDGET,
    REFERENCE,
    TRANSFER,
    TRANSFER_BUDGET,
    WATCHING,
    WATCHING_BUDGET,
    Budget,
    choose_rows,
)
from foresight.training.ablation_table import to_document, to_markdown
from foresight.training.closed_loop import evaluate as play_episodes
from foresight.training.hand_rule import HandRule
from foresight.training.labels_table import add_labels
from foresight.training.policies import AimedRandomPolicy, PlannerPolicy
from foresight.training.results import PolicyResult
from foresight.training.site_file import Site, load_site
from foresight.training.transfer_table import ADAPTED, add_transfer
from foresight.training.watching import Watching
from foresight.training.watching_table import add_watching
from foresight.world_model.checkpoint import CONFIG, CheckpointConfig, load, read_json

RESULTS, RUNS = Path('docs/results'), Path('runs')
NAMES = {
    'methods': 'ablation', EFFICIENCY: 'label_efficiency', TRANSFER: TRANSFER, WATCHING: WATCHING,
}
WATCH_STEPS = WatchConfig().steps
BUDGETS = {
    EFFICIENCY: EFFICIENCY_BUDGET, TRANSFER: TRANSFER_BUDGET, WATCHING: WATCHING_BUDGET,
}

Table = Annotated[str, typer.Option(
    help='methods; labels: success by labelled images; transfer: at another site; watching: '
    'success by robot-hours, without and with watching video before.'
)]
RowNames = Annotated[str, typer.Option(help='Comma-separated rows; empty = all of the table.')]
Seeds = Annotated[str, typer.Option(
    help='Comma-separated training seeds; 0,1,2, the table methods; else 0.'
)]
Quick = Annotated[bool, typer.Option(help='Four rows, one seed, a small budget: ten minutes.')]
Data = Annotated[Path | None, typer.Option(
    help='Folder of episodes that `collect` wrote; data/play, transfer data/<site>.',
)]
Steps = Annotated[int | None, typer.Option(
    min=1, help=f'Optimiser steps of a run; {Budget.steps}, quick {QUICK_BUDGET.steps}, transfer '
    f'{TRANSFER_BUDGET.steps}, watching {WATCHING_BUDGET.steps}.',
)]
WatchSteps = Annotated[int, typer.Option(
    min=1, help='Steps of watching, before the rows of the table watching.',
)]
HeadSteps = Annotated[int | None, typer.Option(
    min=1, help=f'Steps of a cost head alone; {Budget.head_steps}, transfer '
    f'{TRANSFER_BUDGET.head_steps}.',
)]
Episodes = Annotated[int | None, typer.Option(
    min=1, help=f'Episodes of a run; {Budget.episodes}, quick {QUICK_BUDGET.episodes}, labels '
    f'{EFFICIENCY_BUDGET.episodes}.',
)]
FirstEpisode = Annotated[int | None, typer.Option(
    min=0, help=f'First seed of the episodes; {Budget.first_episode}. Nothing is tuned on '
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
    table: Table = 'methods',
    rows: RowNames = '',
    seeds: Seeds = '',
    quick: Quick = False,
    data: Data = None,
    site: SiteName = 'moved',
    steps: Steps = None,
    head_steps: HeadSteps = None,
    watch_steps: WatchSteps = WATCH_STEPS,
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
    moves = table == TRANSFER
    budget = make_budget(
        QUICK_BUDGET if quick else BUDGETS.get(table, Budget()),
        steps=steps, head_steps=head_steps, episodes=episodes, first_episode=first_episode,
    )
    chosen = choose_rows(table, rows or (','.join(QUICK) if quick else ''))
    numbers = parse_seeds(seeds or ('0' if quick or table in BUDGETS else '0,1,2'))
    place = load_site(site if moves else '')
    shipped = str(find_model(SHIPPED))
    start = str(find_model(Path(start))) if start else shipped if moves else ''
    starts = {ablation_rows.SHIPPED: shipped} | ({GIVEN: start, REFERENCE: start} if start else {})
    folder = table if table in BUDGETS else 'ablation_quick' if quick else 'ablation'
    trained = runs / ('ablation' if table == EFFICIENCY else folder)  # They share rows.
    about = {'machine': machine(), 'command': command()}
    with quiet_stdout(json):
        console = Console(stderr=True)
        base = base_config(start, place) if moves else CheckpointConfig()
        base = replace(base, train=TrainConfig(threads=threads))
        data = data or Path('data') / (site if moves else 'play')
        transitions = cached_transitions(data, base)
        play = Play(workers, budget, place)
        ablation = Ablation(
            transitions, base, budget, trained, out / folder, play, about, starts,
            watch=Watching(data, trained, watch_steps, threads),
            time=robot_time(data) if table == WATCHING else None,
        )
        for seed in numbers:
            for row in chosen:
                ablation.run(row, seed, console)
        found = ablation.collect(table)
        document = to_document(table, found, {
            **about, 'budget': asdict(budget), 'dataset': transitions.digest,
            'pushes': len(transitions),
        })
        if moves:
            untouched = whole(out / folder, trained, numbers[0])
            known = play.references(out / folder, untouched)
            document = add_transfer(document, found, known, place.name)
        if table == EFFICIENCY:
            document = add_labels(document, found)
        if table == WATCHING:
            document = add_watching(document, found)
        write_table(document, out, NAMES[table] + ('_quick' if quick else ''))
        console.print(Markdown(to_markdown(document)))
    write_json(document, json)


def base_config(start: str, site: Site) -> CheckpointConfig:
    """Return the settings of every row at a site: the networks of the checkpoint, its table."""
    known = load(start, 'cpu').config
    return CheckpointConfig(
        encoder=known.encoder, predictor=known.predictor, push=known.push, scene=site.scene,
    )


def make_budget(usual: Budget, **given: int | None) -> Budget:
    """Return a budget, with what was given instead."""
    return replace(usual, **{name: value for name, value in given.items() if value is not None})


class Play:
    """Plays the closed-loop episodes of a run."""

    def __init__(self, workers: int, budget: Budget, site: Site) -> None:
        """Keep how many, where, and on how many processes."""
        self._workers, self._site = workers, site
        self._seeds = range(budget.first_episode, budget.first_episode + budget.episodes)

    def __call__(
        self, checkpoint: Path, task: str = COST_TASK, policy: str = PlannerPolicy.name,
    ) -> Mapping[str, Any]:
        """Return the figures of a policy; the planner has a checkpoint and a task."""
        site = self._site
        players = ClearTablePlayers(
            policy, task, site.sim, checkpoint, scene=site.scene, camera=site.camera,
        )
        done = tuple(play_episodes(players, self._seeds, self._workers))
        result = PolicyResult(players.policy, players.split, done)
        document = results.to_document([result], {})
        figures: dict[str, Any] = document['splits'][site.sim.object_set][players.policy]
        return figures

    def references(self, folder: Path, unlabelled: Sequence[Path]) -> dict[str, Any]:
        """Return what stands beside the rows, on the same seeds: ceiling, floor, goal images.

        Args:
            folder: Where the figures are kept; what is there is not played again.
            unlabelled: Checkpoints that are told the goal by an image of the empty table.
        """
        found = {
            policy: self._kept(folder / policy, Path(), COST_TASK, policy)
            for policy in (HandRule.name, AimedRandomPolicy.name)
        }
        for checkpoint in unlabelled:
            print_of_it = read_json(checkpoint / CONFIG)['tensors'][:8]
            path = folder / f'{checkpoint.name}_goal_{print_of_it}'
            figures = self._kept(path, checkpoint, GOAL_TASK)
            found[f'{checkpoint.name}, {GOAL_TASK}'] = figures
        return found

    def _kept(
        self, stem: Path, checkpoint: Path, task: str, policy: str = PlannerPolicy.name,
    ) -> Mapping[str, Any]:
        """Read figures, or play and keep them."""
        path = stem.with_name(f'{stem.name}_{self._seeds.start}_{len(self._seeds)}.json')
        if not path.exists():
            write_json(dict(self(checkpoint, task, policy)), str(path))
        figures: dict[str, Any] = load_json(path.read_text())
        return figures


def whole(results: Path, runs: Path, seed: int) -> list[Path]:
    """Return the checkpoints at a site that no label reached and that are fully trained.

    The result of a row says that what it started from is.
    """
    rows = {'kept': 'kept', ADAPTED: PLAY.name}
    return [
        runs / f'{checkpoint}_{seed}' for row, checkpoint in rows.items()
        if (results / f'{row}_{seed}.json').exists()
    ]


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
