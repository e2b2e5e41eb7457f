"""`foresight demo`: clear a simulated table over ROS 2, then say how it went."""

import math
import os
import shutil
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import FrameType
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

from foresight.actions.loading import load
from foresight.cli.demo_many import play_many
from foresight.cli.output import (
    CheckpointOption,
    JsonOption,
    RobotOption,
    SiteOption,
    quiet_stdout,
)
from foresight.errors import CheckpointError, ForesightError
from foresight.experiments.document import command, write_json
from foresight.files import find_model
from foresight.nodes.monitor import Monitor
from foresight.nodes.session import SessionOptions, ros_session
from foresight.robots.robot_file import RobotConfig
from foresight.rollout.filming import Studio, write_film
from foresight.settings import CLEAR_TABLE, SHIPPED
from foresight.sim.settings import CameraConfig, SimConfig
from foresight.viz.demo_pages import demo_budgets, write_report
from foresight.viz.demo_result import DemoResult
from foresight.viz.film.futures import imagine
from foresight.viz.report import Budget
from foresight.viz.video import write_moving_picture


def demo(
    seed: Annotated[int, typer.Option(min=0, help='Seed of the scene and of the planner.')] = 0,
    task: Annotated[
        str, typer.Option(help='Name of the task, or path of its YAML file.'),
    ] = CLEAR_TABLE,
    objects: Annotated[int, typer.Option(min=1, max=10, help='Objects on the table.')] = 3,
    object_set: Annotated[str, typer.Option(help='Objects: seen, unseen or primitives.')] = 'seen',
    robot: RobotOption = RobotConfig.robot,
    site: SiteOption = '',
    camera: Annotated[
        str, typer.Option(help='What the camera does to its pictures, such as webcam.'),
    ] = CameraConfig.effect,
    max_actions: Annotated[
        int, typer.Option(min=1, help='Actions before the demo gives up.'),
    ] = 10,
    episodes: Annotated[
        int, typer.Option(min=0, help='Tables, each of the next seed; without a film unless it is '
                          'one. 0 = until stopped.'),
    ] = 1,
    real_time_factor: Annotated[
        float, typer.Option(min=0.0, help='Simulated over wall-clock time.'),
    ] = 1.0,
    checkpoint: CheckpointOption = SHIPPED,
    out: Annotated[Path, typer.Option(help='Folder of film, report and bag.')] = Path('out/demo'),
    bag: Annotated[bool, typer.Option(help='Record a bag.')] = True,
    pictures: Annotated[
        Path | None,
        typer.Option(help='Also write demo.png and the moving demo.webp into this folder.'),
    ] = None,
    json: JsonOption = None,
) -> None:
    """Clear a simulated table over ROS 2 and write a report."""
    sim = SimConfig(
        objects=objects, object_set=object_set, max_actions=max_actions,
        real_time_factor=real_time_factor, seed=seed,
    )
    options = SessionOptions(
        find_checkpoint(checkpoint), sim, out if bag else None, out / 'log', task, robot=robot,
        camera=camera, site=site, latches=False,
    )
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, leave)
    prepare(out)
    with quiet_stdout(json):
        console = Console(stderr=True)
        if episodes != 1:
            tally = play_many(options, seed, episodes, console)
            write_json(tally.document(), json)
            return
        result = run(options, seed, console)
        with console.status('drawing the film'):
            film = draw_film(options, result, out)
        budgets = demo_budgets(result, running_for())
        report = write_report(result, film, out, budgets, command())
        if pictures is not None:
            write_pictures(film, pictures)
        console.print(table(result, budgets))
        console.print(f'film {film}, report {report}{f", bag {out}/bag" if bag else ""}')
    write_json(document(result, budgets, task), json)
    if not result.success:
        raise typer.Exit(1)


def running_for() -> float:
    """Return how long this process has run, imports included [s]."""
    started = int(Path('/proc/self/stat').read_text().rpartition(')')[2].split()[19])
    ticks = os.sysconf('SC_CLK_TCK')
    return time.clock_gettime(time.CLOCK_BOOTTIME) - started / ticks


def find_checkpoint(folder: Path) -> Path:
    """Return a checkpoint as given, or the one of the package."""
    found = find_model(folder)
    if not (found / 'config.json').is_file():
        raise CheckpointError(
            f'there is no checkpoint in {folder}: give --checkpoint a folder that `foresight '
            'train world-model` wrote'
        )
    return found


def prepare(out: Path) -> None:
    """Make the folder, without what an earlier run left."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        for folder in (out / 'log', out / 'bag', *out.glob('bag_[0-9]*')):
            shutil.rmtree(folder, ignore_errors=True)
        for name in ('film.mp4', 'film.png', 'report.html'):
            (out / name).unlink(missing_ok=True)
    except OSError as error:
        raise ForesightError(f'cannot write {out}: {error.strerror}; change --out') from None


def leave(number: int, frame: FrameType | None) -> None:
    """End on SIGTERM and SIGHUP the way Ctrl-C ends: the nodes are stopped on the way out."""
    sys.exit(128 + number)


def run(options: SessionOptions, seed: int, console: Console) -> DemoResult:
    """Bring the nodes up, play under a live line and take them down."""
    with Progress(
        TextColumn('{task.description}'), BarColumn(bar_width=8),
        TextColumn('{task.fields[line]}'), TimeElapsedColumn(), console=console,
    ) as progress:
        bar = progress.add_task('starting the nodes', total=options.sim.objects, line='')
        with ros_session(options) as session:
            progress.update(bar, description='')
            return session.play(seed, shower(progress, bar, options.sim.objects))


def draw_film(options: SessionOptions, result: DemoResult, out: Path) -> Path:
    """Draw the film from what was recorded, and what was imagined with the same world model."""
    known = load(options.checkpoint, 'cpu', options.place.scene)
    futures = [imagine(known.model, known.action, action) for action in result.actions]
    asked = options.sim
    sim = replace(
        options.place.sim, objects=asked.objects, object_set=asked.object_set, seed=asked.seed,
    )
    studio = Studio(sim, options.robot, options.site, known.config.encoder)
    return write_film(out, result, futures, studio)


def write_pictures(film: Path, folder: Path) -> None:
    """Write what a page shows of a film."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(film.with_suffix('.png'), folder / 'demo.png')
    write_moving_picture(film, folder / 'demo.webp')


def shower(progress: Progress, bar: TaskID, objects: int) -> Callable[[Monitor], None]:
    """Return what shows on the live line how an episode stands."""
    def show(monitor: Monitor) -> None:
        left = int(monitor.figure('sim', 'remaining', objects))
        actions = int(monitor.figure('planner', 'actions', 0))
        plan_ms = monitor.figure('planner', 'plan_ms')
        surprise = '-' if monitor.surprise is None else f'{monitor.surprise:.2f}'
        plan = '-' if math.isnan(plan_ms) else f'{plan_ms:.0f} ms'
        line = f'{left} left, {actions} actions, plan {plan}, surprise {surprise}'
        phase = monitor.phase.lower()
        progress.update(bar, description=f'{phase:<9}', completed=objects - left, line=line)

    return show


def table(result: DemoResult, budgets: tuple[Budget, ...]) -> Table:
    """Show the outcome, and the budgets beside what was measured."""
    word = 'done' if result.success else 'NOT done'
    shown = Table(
        'what', 'budget', 'measured', '',
        title=f'seed {result.seed}: {result.task} {word}, {result.cleared} of {result.objects} '
              f'objects in {result.tried} actions, {result.dropped} dropped',
    )
    words = {True: 'kept', False: 'over', None: ''}
    for budget in budgets:
        shown.add_row(budget.name, budget.limit, budget.measured, words[budget.kept])
    return shown


def document(result: DemoResult, budgets: tuple[Budget, ...], task: str) -> dict[str, object]:
    """Return what `--json` prints."""
    return {
        'task': task, 'seed': result.seed, 'success': result.success, 'objects': result.objects,
        'cleared': result.cleared, 'dropped': result.dropped, 'actions': result.tried,
        'simulated_seconds': round(result.simulated, 2), 'seconds': round(result.seconds, 2),
        'ending': result.ending, 'resident_bytes': dict(result.resident),
        'budgets': [
            {'what': b.name, 'budget': b.limit, 'measured': b.measured, 'kept': b.kept}
            for b in budgets
        ],
    }
