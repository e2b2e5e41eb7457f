"""The interface of an experiment, and the experiments by name."""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol, TypeVar, runtime_checkable

from rich.console import Console

from foresight.errors import ConfigError
from foresight.experiments.document import Document, provenance, write_json
from foresight.experiments.sheet import with_section
from foresight.files import write_atomically
from foresight.robots.robot_file import RobotConfig, RobotFile
from foresight.settings import CLEAR_TABLE, SHIPPED, Checked, setting
from foresight.sim.settings import SimConfig

RESULTS = Path('out/results')
"""Where documents and pages go, in a folder with the name of the checkpoint."""
EXPERIMENTS = {
    'ablation': 'Compare anti-collapse methods, the autoencoder and labels, at equal budget.',
    'quick': 'The extremes of `ablation` at a small budget, in ten minutes.',
    'labels': 'Measure success by the number of labelled images.',
    'transfer': 'Measure what the shipped world model is worth at another site.',
    'practice': 'Measure success by robot-hours, of play alone and with practice.',
    'horizon': 'Measure what looking further than one macro-action is worth.',
    'camera': 'Measure success when light, colour, noise or lens change.',
    'sites': 'Measure success at tables, under lamps and through cameras never seen.',
    'memory': 'Measure what is known of hidden objects, and plan with the arm in view.',
    'physics': 'Compare surprise at the impossible with that at the possible.',
    'uncertainty': 'Compare imagined outcomes with those of doing the same again.',
    'risk': 'Compare in closed loop how imagined futures may count.',
    'environment': 'Measure how far a planner gets in a Gymnasium environment.',
    'surprise': 'Measure surprise in the loop: who notices what, how soon, and success.',
    'faults': 'Cause faults in a running system and hold it to what is promised.',
}
"""What each experiment measures, by name."""
TABLES = ('ablation', 'quick', 'labels', 'transfer', 'practice')
"""Experiments that are tables of one runner: rows trained at equal budget."""

Settings = TypeVar('Settings', bound=Checked)
Measured = TypeVar('Measured')


@runtime_checkable
class Experiment(Protocol[Settings, Measured]):
    """What a results page is made of; the dataclass of its settings says its options.

    Attributes:
        settings: The usual settings.
        sheet: Page that has a section for each of its names; empty where each has its own page.
    """

    settings: Settings
    sheet: str = ''

    def measure(self, settings: Settings, console: Console) -> Measured:
        """Measure, showing progress on a console; what is finished is not done again."""

    def document(self, settings: Settings, measured: Measured) -> Document:
        """Return the figures as plain values; how they were made is added to them."""

    def page(self, document: Document) -> str:
        """Return the page as Markdown."""

    def name(self, settings: Settings) -> str:
        """Return the name of the page, without suffix; its own, unless a child has several."""
        return f'{type(self).__name__.lower()}{of_robot(settings)}'


@dataclass(frozen=True)
class PlaySettings(Checked):
    """What most experiments ask: which scenes, which world model, how many processes."""

    episodes: int = setting(100, 'episodes of each row', '', 1)
    seed: int = setting(4000, 'first seed; nothing is tuned on 10000-19999', '', 0)
    objects: int = setting(3, 'objects on the table', '', 1, 10)
    checkpoint: Path = setting(SHIPPED, 'folder of the world model')
    workers: int = setting(2, 'processes; outcomes do not depend on it', '', 1)
    robot: str = setting(RobotConfig.robot, 'name of the robot, its folder, or its file')

    @property
    def seeds(self) -> range:
        """Seed of each episode."""
        return range(self.seed, self.seed + self.episodes)

    @property
    def sim(self) -> SimConfig:
        """Objects and physics."""
        return SimConfig(objects=self.objects)


@dataclass(frozen=True)
class TaskSettings(PlaySettings):
    """The same for an experiment that plays any task."""

    task: str = setting(CLEAR_TABLE, 'name of the task, or path of its YAML file')


def of_robot(settings: Checked) -> str:
    """Return the end of the name of a page where another robot than the usual one plays."""
    name = RobotFile.read(getattr(settings, 'robot', RobotConfig.robot)).name
    return '' if name == RobotConfig.robot else f'_{name}'


def find_experiment(name: str) -> Experiment[Any, Any]:
    """Import an experiment.

    Raises:
        ConfigError: If there is none of that name.
    """
    if name not in EXPERIMENTS:
        raise ConfigError(f'experiment {name!r} is unknown: choose from {", ".join(EXPERIMENTS)}')
    home = 'ablation' if name in TABLES else name
    module = import_module(f'foresight.experiments.{home}.measure')
    experiment: Experiment[Any, Any] = module.EXPERIMENTS[name]
    return experiment


def run(
    experiment: Experiment[Settings, Measured], settings: Settings, out: Path | None,
    console: Console,
) -> Document:
    """Measure, and write document and page into a folder.

    It is one in RESULTS with the name of the checkpoint where `out` is left out.
    """
    measured = experiment.measure(settings, console)
    document = {**provenance(settings), **experiment.document(settings, measured)}
    checkpoint = getattr(settings, 'checkpoint', Path())
    stem = (out or RESULTS / checkpoint.name) / experiment.name(settings)
    write_json(document, stem.with_name(f'{stem.name}.json'))
    page, sheet = experiment.page(document), stem.with_name(f'{experiment.sheet or stem.name}.md')
    if experiment.sheet:
        before = sheet.read_text() if sheet.is_file() else ''
        page = with_section(before, stem.name, page)
    write_atomically(sheet, page)
    return document


def choose(names: str, known: Sequence[str], option: str) -> list[str]:
    """Return what a comma-separated list names, in its order; all where it is empty.

    Raises:
        ConfigError: If something is unknown.
    """
    wanted = [name.strip() for name in names.split(',')] if names else list(known)
    if wrong := [name for name in wanted if name not in known]:
        raise ConfigError(f'{option} {wrong[0]!r} is unknown: choose from {", ".join(known)}')
    return wanted


def numbers(text: str, option: str) -> tuple[int, ...]:
    """Read a comma-separated list of whole numbers, which may be empty.

    Raises:
        ConfigError: If it is none.
    """
    words = text.split(',') if text else []
    if not all(word.strip().isdecimal() for word in words):
        raise ConfigError(f'{option} {text!r}: give whole numbers with commas between, as 1,2,3')
    return tuple(int(word) for word in words)
