"""`foresight data`: collect, import and look at training data."""

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from foresight.actions.kinds import make
from foresight.cli.flags import Shown
from foresight.cli.output import JsonOption, RobotOption, SiteOption, quiet_stdout, show
from foresight.data.bags.actions import BagConfig
from foresight.data.bags.folder import find_bags
from foresight.data.camera import LensConfig
from foresight.data.environments import EnvironmentConfig
from foresight.data.episodes import episode_seconds
from foresight.errors import DatasetError
from foresight.experiments.document import write_json
from foresight.files import alone, share
from foresight.macro_action import ActionConfig
from foresight.progress import bars
from foresight.robots.robot_file import RobotConfig, RobotFile
from foresight.rollout.collect import collect as collect_play
from foresight.rollout.gathering import EPISODES, Order, held
from foresight.rollout.gathering import Progress as Advance
from foresight.rollout.inventory import inventory
from foresight.rollout.play import CollectConfig, PlayConfig
from foresight.signals import terminating
from foresight.sim.site import Site, load_site
from foresight.tasks.site_file import load_scene
from foresight.world_model.encoder import EncoderConfig

if TYPE_CHECKING:
    from foresight.data.bags.summary import BagSummary  # needs the extra `ros`

USUAL = 'actions', 'seed', 'workers', 'planned_share', 'checkpoint', 'task', 'objects_high'
NO_ENVIRONMENT = EnvironmentConfig()
ENVIRONMENT = Shown(('env', 'env_options', 'repeat', 'places'))
Collecting = Callable[[Path, Advance], int]
"""Collects into a folder, and tells how many actions it holds so far."""
OutOption = Annotated[Path, typer.Option(help='Folder of the episodes; run again to go on.')]
BagsArgument = Annotated[Path, typer.Argument(help='Folder of bags, also in folders of it.')]
BagArgument = Annotated[Path, typer.Argument(help='Folder of a bag, or its file.')]
BackgroundOption = Annotated[
    Path | None, typer.Option(help='File of the empty table, where image_background is lacking.'),
]
ContractOption = Annotated[str, typer.Option(
    help='How the bags call things: a name in config/contracts, or a YAML file.')]
ExplainOption = Annotated[bool, typer.Option(
    '--explain', help='Only propose a contract for the first bag, as YAML.')]
FolderArgument = Annotated[Path, typer.Argument(help='Folder of episodes or of bags.')]


def collect(
    config: Annotated[CollectConfig, Shown(USUAL)], site: SiteOption = '',
    robot: RobotOption = RobotConfig.robot, out: OutOption = Path('data/play'),
    json: JsonOption = None,
    environment: Annotated[EnvironmentConfig, ENVIRONMENT] = NO_ENVIRONMENT,
) -> None:
    """Collect play in simulation, or in an environment, for training."""
    begin, before = time.perf_counter(), set(out.glob(EPISODES))
    collecting = in_environment(config, environment) if environment.env else \
        at_table(config, load_site(site), robot)
    console = Console(stderr=True)
    with quiet_stdout(json), terminating(), alone(out):
        try:
            with bars(console) as progress:
                total, first = collect_under(progress, config.actions, collecting, out)
        except KeyboardInterrupt:
            console.print(f'{held(out)} actions kept in {out}; run again to go on')
            raise
    seconds = time.perf_counter() - begin
    simulated = {path: episode_seconds(path) for path in out.glob(EPISODES)}
    new = sum(simulated[path] for path in simulated.keys() - before)
    report = {
        'actions': total, 'new': total - first, 'seconds': round(seconds, 1),
        'actions_per_second': round((total - first) / seconds, 2),
        'robot_hours': round(sum(simulated.values()) / 3600, 4),
        'real_time_factor_per_worker': round(new / seconds / config.workers, 1),
        'folder': str(out),
    }
    show(report, json)


def at_table(config: CollectConfig, place: Site, robot: str) -> Collecting:
    """Return what collects play of an arm at a site."""
    return partial(collect_play, PlayConfig(
        collect=config, sim=place.sim, scene=place.scene, camera=place.camera, robot=robot,
    ))


def in_environment(config: CollectConfig, environment: EnvironmentConfig) -> Collecting:
    """Return what collects play in an environment."""
    from foresight.external.play import EnvironmentPlay
    from foresight.external.play import collect as collect_environment  # needs the extra `gym`

    play = EnvironmentPlay(environment, config.actions_an_episode, config.aimed_share)
    order = Order(config.actions, config.seed, config.workers)
    return partial(collect_environment, play, order)


def collect_under(
    progress: Progress, wanted: int, collecting: Collecting, out: Path,
) -> tuple[int, int]:
    """Collect under a bar; return the actions at the end and at the beginning."""
    bar = progress.add_task('collecting', total=wanted, rate='')
    counts: list[int] = []
    begin = time.perf_counter()

    def advance(total: int) -> None:
        counts.append(total)
        rate = (total - counts[0]) / max(time.perf_counter() - begin, 1e-6)
        progress.update(bar, completed=total, rate=f'{rate:.1f} a second')

    return collecting(out, advance), counts[0]


def import_bags(
    bags: Annotated[BagConfig, Shown(('gap',))],
    robot: RobotConfig,
    encoder: Annotated[EncoderConfig, Shown(('rows', 'columns'))],
    camera: LensConfig,
    folder: BagsArgument = Path('out/bags'), background: BackgroundOption = None,
    site: SiteOption = '', contract: ContractOption = 'foresight',
    explain: ExplainOption = False, json: JsonOption = None,
) -> None:
    """Read every bag of a folder, keep its actions for training, and say what it holds."""
    if explain:
        typer.echo(proposed(folder, robot.robot), nl=False)
        return
    from foresight.data.bags.contract import load_contract
    from foresight.data.bags.importing import BagImport, import_folder
    from foresight.data.bags.summary import totals

    with quiet_stdout(json):
        scene = load_scene(site)
        action = make(ActionConfig(), scene)
        reader = BagImport(scene, encoder, robot, bags, action, background, camera,
                           load_contract(contract))
        found = import_folder(reader, folder, encoder)
    if json is None:
        Console().print(by_bag(found))
        show(totals(found), None)
    write_json({**totals(found), 'by_bag': [vars(item) for item in found]}, json)


def proposed(folder: Path, robot: str) -> str:
    """Return a contract for the first bag of a folder, for one of the robots that are known."""
    from foresight.data.bags.explain import explain

    bags = [folder] if folder.is_file() else find_bags(folder)
    if not bags:
        raise DatasetError(f'{folder} holds no bag: give a folder of bags, or a bag')
    shipped = sorted(each.name for each in share('config/robots').iterdir())
    return explain(bags[0], {name: RobotFile.read(name).joints for name in (robot, *shipped)})


def repair(
    bag: BagArgument, out: Annotated[Path, typer.Option(help='Folder of the new bag.')],
    json: JsonOption = None,
) -> None:
    """Bring back what is whole of a bag that was cut off or damaged."""
    from foresight.data.bags.repair import repair as repair_bag

    with quiet_stdout(json):
        found = repair_bag(bag, out)
    show(asdict(found), json)


def by_bag(summaries: Sequence['BagSummary']) -> Table:
    """Show one line a bag."""
    table = Table('bag', 'seconds', 'images', 'actions', 'clips', 'left out, and why')
    for item in summaries:
        reasons = [f'{count} {why}' for why, count in (item.dropped + item.left_out).items()]
        reasons += item.remarks
        table.add_row(
            item.bag, f'{item.seconds:.1f}', str(item.images), str(item.actions), str(item.clips),
            '; '.join(reasons) or '-',
        )
    return table


def info(folder: FolderArgument, json: JsonOption = None) -> None:
    """Say what is in a folder of episodes or bags."""
    with quiet_stdout(json):
        found = inventory(folder)
    show(asdict(found), json)
