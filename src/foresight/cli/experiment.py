"""`foresight experiment NAME`: measure what a results page is made of."""

from collections.abc import Callable, Iterator
from dataclasses import fields
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markdown import Markdown

from foresight.cli.flags import Shown
from foresight.cli.output import JsonOption, quiet_stdout
from foresight.experiments.document import write_json
from foresight.experiments.experiment import RESULTS, Experiment, find_experiment, run
from foresight.experiments.faults.measure import Faults, FaultsSettings, Todo
from foresight.faults.fault import Outcome
from foresight.settings import Checked
from foresight.sim.settings import SimConfig

USUAL = (
    'task', 'episodes', 'seed', 'objects', 'split', 'policy', 'checkpoint', 'workers', 'rows',
    'seeds', 'data', 'site', 'robot', 'hours', 'pairs', 'states', 'repeats', 'kept', 'over_ros',
    'extra_objects', 'horizons', 'kinds', 'actions', 'figure', 'goal', 'goal_options', 'horizon',
    'samples', 'only',
)
"""Settings that most users set."""
OutOption = Annotated[Path | None, typer.Option(
    help=f'Folder of document and page; {RESULTS}, in a folder with the name of the checkpoint.',
)]


def measure(
    experiment: Experiment[Any, Any], settings: Checked, out: Path | None, json: str | None,
) -> None:
    """Run an experiment, show its page and write its document."""
    with quiet_stdout(json):
        console = Console(stderr=True)
        document = run(experiment, settings, out, console)
        if json is None:
            console.print(Markdown(experiment.page(document)))
    write_json(document, json)


def command(name: str) -> Callable[..., None]:
    """Make the command of an experiment."""
    experiment = Faults(play_faults) if name == 'faults' else find_experiment(name)
    kind = type(experiment.settings)
    look = Shown(USUAL, 'task' if 'task' in {entry.name for entry in fields(kind)} else '')

    def experiment_command(
        settings: Annotated[kind, look] = experiment.settings,  # type: ignore[valid-type]
        out: OutOption = None, json: JsonOption = None,
    ) -> None:
        measure(experiment, settings, out, json)

    experiment_command.__doc__ = type(experiment).__doc__
    return experiment_command


def play_faults(settings: FaultsSettings, todo: Todo) -> Iterator[Outcome]:
    """Cause faults in a running system of real nodes."""
    from foresight.nodes.faults.bench import play  # needs the extra `ros`
    from foresight.nodes.faults.options import BenchOptions, TappedOptions
    from foresight.nodes.faults.wire import can_lay_wire
    from foresight.nodes.faults.wired import play_wired

    home, sim = settings.lines.parent, SimConfig(objects=5, seed=settings.seed)
    usual = settings.checkpoint, sim, home / 'bags', home / 'log'
    wired = [each for each in todo if each[0].wired]
    if wired and can_lay_wire():
        yield from play_wired(BenchOptions(*usual), wired)
    yield from play(TappedOptions(*usual), [each for each in todo if not each[0].wired])
