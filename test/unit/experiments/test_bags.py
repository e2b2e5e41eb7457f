"""Claims about synthetic bags, and about what an import makes of one."""

from pathlib import Path

import numpy as np
import pytest

from foresight.actions.push.macro_action import PushAction
from foresight.data.bags.actions import BagConfig
from foresight.data.bags.checking import check_bags
from foresight.data.bags.contract import OURS, Contract
from foresight.data.bags.importing import BagImport, import_folder
from foresight.experiments.bags.__main__ import Row, page
from foresight.experiments.bags.synthetic import PUSH, Kind, Synthetic
from foresight.robots.robot_file import RobotConfig
from foresight.settings import SceneConfig
from foresight.world_model.encoder import EncoderConfig

FOREIGN = Contract(action='', action_kind='', empty_table='', empty_at=0.0, e_stop='')
"""Nobody tells the pushes, nor what the empty table looks like."""


@pytest.fixture(scope='module')
def folder(tmp_path_factory) -> Path:
    made = tmp_path_factory.mktemp('bags')
    assert Synthetic(Kind('tiny', 48, 64, 10)).write(made / 'bag', 1_600_000) > 9.0
    return made


def importer(contract: Contract) -> BagImport:
    return BagImport(SceneConfig(), EncoderConfig(), RobotConfig(), BagConfig(), PushAction(),
                     contract=contract)


@pytest.mark.parametrize('contract, within', [(OURS, 1e-6), (FOREIGN, 5e-3)])
def test_the_pushes_of_a_bag_are_imported_told_or_not(
    folder: Path, contract: Contract, within: float,
) -> None:
    (found,) = importer(contract).read(folder)
    np.testing.assert_allclose([each.action for each in found.actions], [PUSH] * 2, atol=within)
    places = {place for each in found.actions for place in (each.before, each.after)}
    assert found.stills.keys() == places and len(found.recording.empties) == 1


def test_what_is_imported_is_kept_and_summed_up(folder: Path) -> None:
    (summary,) = import_folder(importer(OURS), folder, EncoderConfig())
    assert summary.actions == 2 and not summary.dropped and summary.clips == 1
    assert len(list(folder.glob('seen_*_bags/digest.json'))) == 1


def test_a_good_bag_has_no_finding(folder: Path) -> None:
    (checked,) = check_bags(importer(OURS), folder)
    assert not checked.unusable and not checked.findings
    assert len(checked.pictures) == 8 and checked.summary is not None


def test_a_page_says_what_loading_takes() -> None:
    rows = [Row('raw', 1.0, 100.0, 12, 5.0, 420.0)]
    text = page(rows, Row('none', 0.001, 1.0, 0, 3.0, 380.0))
    assert text.endswith('| raw | 1 | 100 | 12 | 5.0 | 20 | 420 |\n')
    assert 'the 3.0 s or so' in text and '380 MB' in text
