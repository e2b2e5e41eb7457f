"""Tables of training: rows at equal budget, each trained, scored and let play."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from rich.console import Console

from foresight.actions.loading import action_of, load
from foresight.data.collected import collected
from foresight.data.robot_time import robot_time
from foresight.experiments.ablation import rows as starting
from foresight.experiments.ablation.labels import LABELS
from foresight.experiments.ablation.methods import METHODS, QUICK, REFERENCE
from foresight.experiments.ablation.play import Play, Practice
from foresight.experiments.ablation.robot_hours import ROBOT_HOURS
from foresight.experiments.ablation.rows import Budget
from foresight.experiments.ablation.runner import Ablation
from foresight.experiments.ablation.table import Table
from foresight.experiments.ablation.transfer import TRANSFER, untouched
from foresight.experiments.document import Document, command, machine
from foresight.experiments.experiment import RESULTS, Experiment, choose, numbers
from foresight.files import find_model
from foresight.learning.settings import TrainConfig
from foresight.settings import SHIPPED, Checked, setting
from foresight.sim.site import Site, load_site
from foresight.world_model.checkpoint import CheckpointConfig

Measured = tuple[Sequence[Mapping[str, Any]], Document]
"""One mapping a run, and where they come from."""


@dataclass(frozen=True)
class TrainingSettings(Checked):
    """Rows, and what each may spend."""

    rows: str = setting('', 'comma-separated rows; empty = all of the table')
    seeds: str = setting('0', 'comma-separated training seeds')
    data: Path = setting(Path('data/play'), 'folder of episodes that `data collect` wrote')
    steps: int = setting(Budget.steps, 'optimiser steps of a run', '', 1)
    head_steps: int = setting(Budget.head_steps, 'steps of a cost head alone', '', 1)
    episodes: int = setting(Budget.episodes, 'episodes of a run', '', 1)
    first_episode: int = setting(
        Budget.first_episode,
        'first seed of the episodes; nothing is tuned on 10000-19999', '', 0,
    )
    start: str = setting(
        '', 'self-supervised checkpoint that rows go on from; empty = the reference row of the '
        'seed'
    )
    runs: Path = setting(Path('runs/ablation'), 'folder of checkpoints and half-trained runs')
    results: Path = setting(RESULTS / 'ablation', 'folder of one file a finished run')
    workers: int = setting(2, 'processes that play episodes', '', 1)
    threads: int = setting(2, 'torch threads in training', '', 1)

    @property
    def budget(self) -> Budget:
        """What every row may spend."""
        return Budget(self.steps, self.head_steps, self.episodes, self.first_episode)

    @property
    def place(self) -> Site:
        """Where the rows play."""
        return load_site('')


@dataclass(frozen=True)
class TransferSettings(TrainingSettings):
    """Rows at another site."""

    site: str = setting('moved', 'name in config/sites, or a YAML file; --data is of it')

    @property
    def place(self) -> Site:
        """Where the rows play."""
        return load_site(self.site)


SHEETS = {'ablation': 'ablation', 'ablation_quick': 'ablation', 'transfer': 'sites'}
"""Page that gathers a table with others, by the table's own page."""


class Training(Experiment[TrainingSettings, Measured]):
    """Trains the rows of a table, scores them and lets them play.

    A finished run is one file, a half-trained one resumes.
    """

    def __init__(self, table: Table, settings: TrainingSettings) -> None:
        """Keep the rows; budget and folders are those of the table where nothing else is said."""
        budget = table.budget
        self._table = table
        self.sheet = SHEETS.get(table.page, '')
        self.settings = replace(
            settings, steps=budget.steps, head_steps=budget.head_steps,
            episodes=budget.episodes, first_episode=budget.first_episode,
            runs=Path('runs') / (table.shares or table.page), results=RESULTS / table.page,
        )

    def measure(self, settings: TrainingSettings, console: Console) -> Measured:
        """Train, score and play what is not finished."""
        table = replace(self._table, budget=settings.budget)
        wanted = choose(settings.rows, [row.name for row in table.rows], '--rows')
        seeds, place = numbers(settings.seeds, '--seeds'), settings.place
        starts = find_starts(settings.start)
        base = self.base(starts, place)
        transitions = collected(settings.data, action_of(base), base.encoder)
        play = Play(settings.workers, table.budget, place)
        ablation = Ablation(
            transitions, base, TrainConfig(threads=settings.threads), table, settings.runs,
            settings.results, play, {'machine': machine(), 'command': command()}, starts,
            practise=Practice(base, settings.workers),
            time=robot_time(settings.data) if any(row.actions for row in table.rows) else None,
        )
        for seed in seeds:
            for name in wanted:
                ablation.run(table.row(name), seed, console)
        about = {'dataset': transitions.digest, 'actions': len(transitions)}
        return ablation.collect(), {**about, **self.beside(settings, play, seeds)}

    def document(self, settings: TrainingSettings, measured: Measured) -> Document:
        """Bring the runs of each row together."""
        runs, about = measured
        return replace(self._table, budget=settings.budget).to_document(runs, about)

    def page(self, document: Document) -> str:
        """Return the page."""
        return self._table.to_markdown(document)

    def name(self, settings: TrainingSettings) -> str:
        """Name the page."""
        return self._table.page

    def base(self, starts: Mapping[str, str], site: Site) -> CheckpointConfig:
        """Return the settings of every row."""
        return CheckpointConfig()

    def beside(self, settings: TrainingSettings, play: Play, seeds: Sequence[int]) -> Document:
        """Return what stands beside the rows."""
        return {}


class Transfer(Training):
    """Does so at another site, from the shipped checkpoint."""

    def base(self, starts: Mapping[str, str], site: Site) -> CheckpointConfig:
        """Return the settings of every row: the networks of the checkpoint, the site's table."""
        known = load(starts[starting.GIVEN], 'cpu').config
        return CheckpointConfig(
            encoder=known.encoder, predictor=known.predictor, action=known.action,
            scene=site.scene,
        )

    def beside(self, settings: TrainingSettings, play: Play, seeds: Sequence[int]) -> Document:
        """Return ceiling, floor and goal images."""
        free = untouched(settings.results, settings.runs, seeds)
        return {'site': settings.place.name, 'references': play.references(settings.results, free)}


def find_starts(start: str) -> dict[str, str]:
    """Return the checkpoints that rows go on from, by what the rows call them."""
    known = {starting.SHIPPED: str(find_model(SHIPPED))}
    if start:
        given = str(find_model(start))
        known |= {starting.GIVEN: given, REFERENCE.name: given}
    return known


EXPERIMENTS = {
    'ablation': Training(METHODS, TrainingSettings(seeds='0,1,2')),
    'quick': Training(QUICK, TrainingSettings()),
    'labels': Training(LABELS, TrainingSettings()),
    'practice': Training(ROBOT_HOURS, TrainingSettings()),
    'transfer': Transfer(TRANSFER, TransferSettings(data=Path('data/moved'), start=str(SHIPPED))),
}
