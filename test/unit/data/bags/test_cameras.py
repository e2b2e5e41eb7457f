"""Claims about where the camera of a bag is."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from foresight.data.bags.cameras import Links, same_camera
from foresight.data.bags.contract import Contract
from foresight.data.bags.reader import read_bag, read_open_bag
from foresight.data.bags.storage import TYPES, open_bag
from foresight.errors import DatasetError
from foresight.protocols import CameraView

MakeBag = Callable[..., Path]
ARM = ('x', 'y')
KINDS = {**TYPES, 'tf_static': 'tf2_msgs/msg/TFMessage'}
LENS = np.array([[20.0, 0.0, 7.5], [0.0, 20.0, 5.5], [0.0, 0.0, 1.0]])


def same(image: np.ndarray, _: CameraView) -> np.ndarray:
    return image


def hand_pose(link: str, joints: np.ndarray) -> np.ndarray:
    """Return where the hand is whose joints are x and y."""
    pose = np.diag([1.0, -1.0, -1.0, 1.0])
    pose[:3, 3] = *joints, 1.0
    return pose


HAND = Links(frozenset({'hand'}), hand_pose)


def view(x: float, turn: float = 0.0) -> CameraView:
    pose = np.diag([1.0, -1.0, -1.0, 1.0])
    pose[:3, 3] = x, 0.0, 1.0
    turned = np.eye(4)
    turned[:2, :2] = [[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]]
    return CameraView(LENS, turned @ pose, 16, 12)


@pytest.mark.parametrize('x, turn, is_same', [
    (0.04, 0.0, True), (0.06, 0.0, False), (0.0, 0.05, True), (0.0, 0.2, False),
])
def test_a_camera_that_jitters_by_less_than_a_pixel_is_one(
    x: float, turn: float, is_same: bool,
) -> None:
    # Of a camera 1 m above the table a pixel is 5 cm wide, and the corners are 10 px off.
    assert same_camera(view(x, turn), view(0.0)) == is_same


def test_a_camera_in_the_hand_is_where_the_arm_has_it(make_bag: MakeBag) -> None:
    bag = make_bag(without=('camera/pose',), kinds=KINDS, frames_at=0.0, root='hand')
    with open_bag(bag) as opened:
        recording = read_open_bag(opened, same, ARM, links=HAND)
    places = [int(np.argmin(np.abs(recording.stamps - time))) for time in (0.5, 2.0, 4.0)]
    x = [recording.views[place].base_from_camera[0, 3] for place in places]
    np.testing.assert_allclose(x, [0.2, 0.6, 0.2], atol=0.01)  # 0.2 m from hand to lens
    assert recording.views[places[0]] is recording.views[places[0] + 1]
    assert recording.left_out == {} and len(recording.stamps) == 100


def test_names_of_links_may_have_the_prefix_of_the_joints(make_bag: MakeBag) -> None:
    bag = make_bag(without=('camera/pose',), kinds=KINDS, frames_at=0.0, root='left_hand',
                   prefix='left_')
    with open_bag(bag, Contract(joint_prefix='left_')) as opened:
        recording = read_open_bag(opened, same, ('left_x', 'left_y'), links=HAND)
    assert len(recording.stamps) == 100


def test_a_camera_in_the_hand_needs_joint_states(make_bag: MakeBag) -> None:
    bag = make_bag(without=('camera/pose', 'joint_states', 'macro_action'), kinds=KINDS,
                   frames_at=0.0, root='hand')
    with open_bag(bag) as opened, pytest.raises(DatasetError, match='on hand of the arm: record'):
        read_open_bag(opened, same, ARM, links=HAND)


def test_the_frame_of_the_base_may_have_another_name(make_bag: MakeBag) -> None:
    bag = make_bag(without=('camera/pose',), kinds=KINDS, frames_at=0.0, root='left_base_link')
    contract = Contract(camera_pose='', base_frame='left_base_link')
    assert len(read_bag(bag, same, ARM, contract=contract).stamps) == 100
    with pytest.raises(DatasetError, match='not connected'):
        read_bag(bag, same, ARM)
