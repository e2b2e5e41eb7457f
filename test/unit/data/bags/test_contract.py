"""Claims about bags that call things otherwise."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from foresight.data.bags.contract import OURS, Contract, load_contract
from foresight.data.bags.reader import read_bag
from foresight.data.bags.sight import BROKEN
from foresight.data.bags.storage import TYPES
from foresight.errors import ConfigError, DatasetError
from foresight.protocols import CameraView

MakeBag = Callable[..., Path]
ARM = ('x', 'y')
NAMES = {
    'camera/image_raw': '/camera/camera/color/image_raw',
    'camera/camera_info': '/camera/camera/color/camera_info',
    'joint_states': '/robot/joint_states',
}
FOREIGN = Contract(
    image=NAMES['camera/image_raw'], camera_info=NAMES['camera/camera_info'], camera_pose='',
    joint_states=('/robot/joint_states',), joint_prefix='left_', action='', action_kind='',
    empty_table='', empty_at=0.0, e_stop='',
)


def same(image: np.ndarray, _: CameraView) -> np.ndarray:
    return image


def foreign_bag(make_bag: MakeBag, **more: object) -> Path:
    kinds = {**TYPES, 'tf_static': 'tf2_msgs/msg/TFMessage'}
    without = 'camera/pose', 'macro_action', 'image_background', 'e_stop'
    return make_bag(called=NAMES, kinds=kinds, without=without, frames_at=0.0, prefix='left_',
                    **more)


def test_the_contract_of_the_package_is_the_default() -> None:
    assert load_contract('foresight') == OURS


def test_a_contract_of_a_foreign_bag_ships() -> None:
    found = load_contract('ur5e_realsense')
    assert found.image == NAMES['camera/image_raw'] and not found.action and not found.camera_pose


@pytest.mark.parametrize('line', ['imag: x', 'joint_states: 3', 'clock_offset: 1', 'stamps: wall'])
def test_a_contract_is_read_strictly(tmp_path: Path, line: str) -> None:
    path = tmp_path / 'mine.yaml'
    path.write_text(line)
    with pytest.raises(ConfigError, match='mine.yaml'):
        load_contract(path)
    with pytest.raises(ConfigError, match='no contract .*choose one of foresight'):
        load_contract('nobody')


def test_a_foreign_bag_is_read_by_its_contract(make_bag: MakeBag) -> None:
    arm = ('left_x', 'left_y')
    recording = read_bag(foreign_bag(make_bag), same, arm, contract=FOREIGN)
    assert len(recording.stamps) == 100 and recording.joints is not None
    ours = read_bag(make_bag('ours'), same, ARM).joints
    assert ours is not None
    np.testing.assert_array_equal(recording.joints.positions, ours.positions)
    with pytest.raises(DatasetError, match='lacks the topic camera/image_raw.*by a contract'):
        read_bag(make_bag('two', called=NAMES), same, arm)


def test_a_whole_name_means_one_topic(make_bag: MakeBag) -> None:
    bag = make_bag(namespace='/left')
    assert read_bag(bag, same, ARM, contract=Contract(image='/left/camera/image_raw')).seconds > 9
    with pytest.raises(DatasetError, match='lacks the topic /camera/image_raw'):
        read_bag(bag, same, ARM, contract=Contract(image='/camera/image_raw'))


def test_a_contract_may_say_the_encoding(make_bag: MakeBag) -> None:
    bag = make_bag()
    assert not read_bag(bag, same, ARM, contract=Contract(encoding='rgb8')).left_out
    with pytest.raises(DatasetError, match='no image of camera/image_raw can be used: image enc'):
        read_bag(bag, same, ARM, contract=Contract(encoding='32FC1'))


def test_an_image_that_is_damaged_is_counted(make_bag: MakeBag) -> None:
    with pytest.raises(DatasetError, match='no image .* can be used: image of 16 x 12 in rgba8'):
        read_bag(make_bag(), same, ARM, contract=Contract(encoding='rgba8'))
    assert BROKEN not in read_bag(make_bag('whole'), same, ARM).left_out
