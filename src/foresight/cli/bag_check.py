"""`foresight data check`: what is wrong with bags, for a terminal and as a page."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import cv2
import numpy as np
import typer
from rich.columns import Columns
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from foresight.actions.kinds import make
from foresight.cli.data import BackgroundOption, ContractOption
from foresight.cli.flags import Shown
from foresight.cli.output import JsonOption, SiteOption, quiet_stdout
from foresight.data.bags.actions import BagConfig
from foresight.data.bags.checking import CheckedBag, check_bags
from foresight.data.bags.survey import COLUMNS
from foresight.data.camera import LensConfig
from foresight.experiments.document import write_json
from foresight.files import write_atomically
from foresight.macro_action import ActionConfig
from foresight.pictures import Picture
from foresight.robots.robot_file import RobotConfig
from foresight.tasks.site_file import load_scene
from foresight.world_model.encoder import EncoderConfig

WIDE = 32
"""Letters that a picture takes in a terminal."""
FINDINGS, UNUSABLE = 1, 2
"""What the command ends with."""


def check(
    bags: Annotated[BagConfig, Shown(('gap',))], robot: RobotConfig, camera: LensConfig,
    folder: Annotated[Path, typer.Argument(help='Folder of bags, a bag, or its file.')],
    background: BackgroundOption = None, site: SiteOption = '',
    contract: ContractOption = 'foresight',
    html: Annotated[Path | None, typer.Option(help='Write a page with the pictures.')] = None,
    json: JsonOption = None,
) -> None:
    """Say what is wrong with bags; ends with 0: nothing, 1: something, 2: one is unusable."""
    from foresight.data.bags.contract import load_contract
    from foresight.data.bags.importing import BagImport
    from foresight.viz.bag_page import bag_page

    with quiet_stdout(json):
        scene = load_scene(site)
        reader = BagImport(scene, EncoderConfig(), robot, bags, make(ActionConfig(), scene),
                           background, camera, load_contract(contract))
        checked = check_bags(reader, folder)
    if json is None:
        tell(Console(), checked)
    if html is not None:
        write_atomically(html, bag_page(checked))
    write_json({'bags': [document(each) for each in checked]}, json)
    if any(each.unusable for each in checked):
        raise typer.Exit(UNUSABLE)
    if any(each.findings for each in checked):
        raise typer.Exit(FINDINGS)


def document(bag: CheckedBag) -> dict[str, Any]:
    """Return what programs read of a bag."""
    return {
        'bag': bag.name, 'unusable': bag.unusable,
        'findings': [asdict(each) for each in bag.findings],
        'summary': None if bag.summary is None else asdict(bag.summary),
        'topics': [{
            'topic': each.topic, 'type': each.type, 'count': len(each.received),
            'rate': each.rate, 'longest_gap': each.longest_gap, 'latency': each.latency,
        } for each in bag.topics.values()],
    }


def tell(console: Console, bags: Sequence[CheckedBag]) -> None:
    """Show bags in a terminal, with small pictures if it is one."""
    for bag in bags:
        console.rule(bag.name)
        if bag.topics:
            console.print(topic_table(bag))
        if bag.pictures and console.is_terminal:
            console.print(Columns([half_blocks(each, WIDE) for each in bag.pictures.values()]))
        if bag.summary is not None:
            console.print(bag.summary.told)
        for each in bag.findings:
            console.print(Text(f'{each.kind}: {each.what}\n    {each.remedy}', 'yellow'))
        if bag.unusable:
            console.print(Text(f'unusable: {bag.unusable}', 'red'))
        elif not bag.findings:
            console.print(Text('nothing is wrong', 'green'))


def topic_table(bag: CheckedBag) -> Table:
    """Show one line a topic."""
    table = Table(*map(escape, COLUMNS))
    for each in bag.topics.values():
        table.add_row(*map(Text, each.row))
    return table


def half_blocks(picture: Picture, columns: int) -> Text:
    """Draw a picture in letters that are two pixels high."""
    rows = max(2, round(picture.shape[0] / picture.shape[1] * columns / 2) * 2)
    small = np.asarray(cv2.resize(picture, (columns, rows), interpolation=cv2.INTER_AREA))
    drawn = Text()
    for upper, lower in zip(small[::2], small[1::2], strict=True):
        for above, below in zip(upper.tolist(), lower.tolist(), strict=True):
            drawn.append('▀', f'{colour(above)} on {colour(below)}')
        drawn.append('\n')
    return drawn


def colour(levels: Sequence[int]) -> str:
    """Return the name of a colour."""
    return f'rgb({",".join(map(str, levels))})'
