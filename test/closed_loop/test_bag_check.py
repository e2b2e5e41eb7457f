"""Claims about `foresight data check`."""

import json
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console
from typer import Exit

from foresight.cli.bag_check import check, half_blocks, tell
from foresight.data.bags.actions import BagConfig
from foresight.data.bags.checking import CheckedBag
from foresight.data.bags.findings import Finding
from foresight.data.camera import LensConfig
from foresight.errors import DatasetError
from foresight.robots.robot_file import RobotConfig
from foresight.viz.bag_page import bag_page

PICTURE = np.full((4, 6, 3), 90, np.uint8)


def test_a_picture_is_letters_of_two_pixels() -> None:
    drawn = half_blocks(PICTURE, 8)
    assert drawn.plain == ('▀' * 8 + '\n') * 3
    assert drawn.spans[0].style == 'rgb(90,90,90) on rgb(90,90,90)'


def test_a_page_holds_pictures_and_no_foreign_markup() -> None:
    bag = CheckedBag('<b>', {}, None, (Finding('gap', '<script>', 'look'),), {1.0: PICTURE})
    page = bag_page([bag])
    assert 'data:image/jpeg;base64,' in page and '<script>' not in page and '<b>' not in page
    console = Console(record=True, width=100)
    tell(console, [bag])
    assert 'gap: <script>' in console.export_text()


def test_what_cannot_be_used_ends_with_two(tmp_path: Path) -> None:
    settings = BagConfig(), RobotConfig(), LensConfig()
    with pytest.raises(DatasetError, match='holds no bag'):
        check(*settings, tmp_path)
    (tmp_path / 'film.mcap').write_bytes(b'not a bag')
    said = tmp_path / 'said.json'
    with pytest.raises(Exit) as ended:
        check(*settings, tmp_path, json=str(said))
    (bag,) = json.loads(said.read_text())['bags']
    assert ended.value.exit_code == 2 and 'no bag' in bag['unusable']
