"""Claims about contracts that are proposed for a bag."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from foresight.data.bags.contract import Contract, load_contract
from foresight.data.bags.explain import explain
from foresight.data.bags.reader import read_bag
from foresight.data.bags.storage import TYPES
from foresight.errors import DatasetError
from foresight.protocols import CameraView

MakeBag = Callable[..., Path]
ROBOTS = {'big': ('x', 'y', 'z'), 'small': ('x', 'y')}
NAMES = {
    'camera/image_raw': '/camera/camera/color/image_raw',
    'camera/camera_info': '/camera/camera/color/camera_info',
    'image_background': '/camera/camera/depth/image_rect_raw',
    'joint_states': '/robot/joint_states',
}


def same(image: np.ndarray, _: CameraView) -> np.ndarray:
    return image


def proposed(bag: Path, tmp_path: Path) -> Contract:
    """Return what is proposed for a bag, as it is read from its file."""
    path = tmp_path / 'proposed.yaml'
    path.write_text(explain(bag, ROBOTS))
    return load_contract(path)


def test_a_proposal_for_our_bag_reads_it_as_the_default_does(
    make_bag: MakeBag, tmp_path: Path,
) -> None:
    bag = make_bag()
    ours, by_proposal = (read_bag(bag, same, ('x', 'y'), contract=contract)
                         for contract in (Contract(), proposed(bag, tmp_path)))
    np.testing.assert_array_equal(by_proposal.stamps, ours.stamps)
    np.testing.assert_array_equal(by_proposal.actions, ours.actions)
    assert len(by_proposal.empties) == len(ours.empties) == 1
    assert '# Nothing is missing.' in explain(bag, ROBOTS)


def test_a_proposal_for_a_foreign_bag_reads_it(make_bag: MakeBag, tmp_path: Path) -> None:
    kinds = {**TYPES, 'tf_static': 'tf2_msgs/msg/TFMessage'}
    bag = make_bag(called=NAMES, kinds=kinds, frames_at=0.0, prefix='left_',
                   without=('camera/pose', 'macro_action', 'e_stop'))
    found = proposed(bag, tmp_path)
    assert found.image == NAMES['camera/image_raw'] and found.joint_prefix == 'left_'
    assert found.joint_states == ('/robot/joint_states',) and not found.action
    assert found.empty_at == 0.0 and '--robot small' in explain(bag, ROBOTS)
    assert len(read_bag(bag, same, ('left_x', 'left_y'), contract=found).stamps) == 100


@pytest.mark.parametrize('without, words', [
    (('camera/image_raw', 'image_background'), 'an image: record the colour image'),
    (('camera/camera_info',), 'camera_info: record it beside the image'),
    (('camera/pose',), 'where the camera is: record /tf_static'),
    (('joint_states',), 'joint states: record /joint_states'),
])
def test_what_is_missing_is_named(make_bag: MakeBag, without: tuple, words: str) -> None:
    assert f'# Missing: {words}' in explain(make_bag(without=without), ROBOTS)


def test_joints_of_nobody_ask_for_a_robot_file(make_bag: MakeBag) -> None:
    said = explain(make_bag(), {'other': ('a', 'b')})
    assert 'no robot of the package has these joints: finger, x, y' in said
    assert '--robot ROBOT.yaml' in said and '# Missing: a robot file' in said


def test_what_is_no_bag_cannot_be_explained(tmp_path: Path) -> None:
    (tmp_path / 'film.mcap').write_bytes(b'not a bag')
    with pytest.raises(DatasetError, match='no bag'):
        explain(tmp_path, ROBOTS)
