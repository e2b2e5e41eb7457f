"""`foresight collect`: play in simulation and keep what happens."""

import time
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from foresight.cli.output import JsonOption, quiet_stdout, write_json
from foresight.data.episodes import episode_seconds
from foresight.rollout.collect import collect as collect_play
from foresight.rollout.play import CollectConfig, PlayConfig
from foresight.sim.site import Site, load_site

EPISODES = 'episode_*.npz'
OutOption = Annotated[Path, typer.Option(help='Folder of the episodes; run again to go on.')]


SiteOption = Annotated[str, typer.Option(
    help='Where the robot works: a name in config/sites, or a YAML file; empty = the defaults.',
)]


def collect(
    config: CollectConfig, site: SiteOption = '', out: OutOption = Path('data/play'),
    json: JsonOption = None,
) -> None:
    """Collect pushes in simulation for training."""
    begin, before = time.perf_counter(), set(out.glob(EPISODES))
    with quiet_stdout(json):
        console = Console(stderr=True)
        columns = (
            TextColumn('collecting'), BarColumn(), MofNCompleteColumn(),
            TextColumn('{task.fields[rate]:.1f} pushes/s'), TimeRemainingColumn(),
        )
        with Progress(*columns, console=console) as bar:
            total, first = collect_with(bar, config, load_site(site), out)
    seconds = time.perf_counter() - begin
    simulated = {path: episode_seconds(path) for path in out.glob(EPISODES)}
    new = sum(simulated[path] for path in simulated.keys() - before)
    report = {
        'pushes': total, 'new': total - first, 'seconds': round(seconds, 1),
        'pushes_per_second': round((total - first) / seconds, 2),
        'robot_hours': round(sum(simulated.values()) / 3600, 4),
        'real_time_factor_per_worker': round(new / seconds / config.workers, 1),
        'folder': str(out),
    }
    if json is None:
        console.print(
            f'{total} pushes, {report["robot_hours"]} robot-hours in {out}; '
            f'{report["pushes_per_second"]} pushes a second, each worker '
            f'{report["real_time_factor_per_worker"]} times real time'
        )
    write_json(report, json)


def collect_with(
    bar: Progress, config: CollectConfig, site: Site, out: Path,
) -> tuple[int, int]:
    """Collect under a progress bar; return the pushes at the end and at the beginning."""
    task = bar.add_task('', total=config.pushes, rate=0.0)
    held: list[int] = []
    begin = time.perf_counter()

    def show(total: int) -> None:
        held.append(total)
        rate = (total - held[0]) / max(time.perf_counter() - begin, 1e-6)
        bar.update(task, completed=total, rate=rate)

    play = PlayConfig(collect=config, sim=site.sim, scene=site.scene, camera=site.camera)
    return collect_play(play, out, show), held[0]
