"""`foresight import-bags`: turn recorded bags into training data, and say what is in them."""

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from foresight.cli.output import JsonOption, quiet_stdout, write_json
from foresight.data.bags.contents import to_transitions
from foresight.data.bags.importing import BagImport, BagSummary, keep, totals
from foresight.data.bags.pushes import BagConfig
from foresight.robots.robot_file import RobotConfig
from foresight.settings import SceneConfig
from foresight.world_model.encoder import EncoderConfig

BagsOption = Annotated[Path, typer.Option(help='Folder of bags, also in folders of it.')]
BackgroundOption = Annotated[
    Path | None, typer.Option(help='File of the empty table, where image_background is lacking.'),
]


def import_bags(
    bags: BagConfig,
    robot: RobotConfig,
    encoder: EncoderConfig,
    scene: SceneConfig,
    data: BagsOption = Path('out/bags'),
    background: BackgroundOption = None,
    json: JsonOption = None,
) -> None:
    """Read every bag of a folder, keep its pushes for `foresight train`, and say what it holds."""
    with quiet_stdout(json):
        console = Console(stderr=True)
        reader = BagImport(scene, encoder, robot, bags, background)
        found = reader.pushes(reader.read(data))
        summaries = [reader.summary(bag) for bag in found]
        whole = totals(summaries)
        if whole['pushes']:
            keep(to_transitions(found), data, encoder)
    if json is None:
        console.print(_table(summaries))
        console.print(_said(whole))
    write_json({**whole, 'by_bag': [item.described() for item in summaries]}, json)


def _table(summaries: list[BagSummary]) -> Table:
    """Show one line a bag."""
    table = Table('bag', 'seconds', 'images', 'pushes', 'clips', 'left out')
    for item in summaries:
        reasons = [f'{count} {why}' for why, count in (item.dropped + item.left_out).items()]
        table.add_row(
            item.bag, f'{item.seconds:.1f}', str(item.images), str(item.pushes), str(item.clips),
            '; '.join(reasons) or '-',
        )
    return table


def _said(whole: dict[str, Any]) -> str:
    """Say the sums in one sentence."""
    return (
        f'{whole["pushes"]} pushes of {whole["robot_hours"]} robot-hours, {whole["clips"]} clips '
        f'of {whole["hours_of_video"]} h of video'
    )
