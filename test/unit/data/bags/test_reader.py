"""Claims about reading bags that our recorder or plain `ros2 bag record` wrote."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from foresight.actions.push.macro_action import PushAction
from foresight.data.bags.folder import find_bags, listing
from foresight.data.bags.reader import EARLY, TYPES, read_bag
from foresight.errors import DatasetError, ObservationError
from foresight.protocols import CameraView

MakeBag = Callable[..., Path]
ARM = ('x', 'y')


def same(image: np.ndarray, _: CameraView) -> np.ndarray:
    return image


def test_stamps_in_the_messages_count_not_when_they_were_recorded(make_bag: MakeBag) -> None:
    recording = read_bag(make_bag(), same, ARM)
    assert recording.stamps[0] == 0.0
    np.testing.assert_allclose(np.diff(recording.stamps), 0.1)
    assert recording.joints is not None
    np.testing.assert_allclose(recording.joints.positions[int(2.0 * 50)], [0.4, 0.1], atol=0.02)
    np.testing.assert_allclose(recording.action_stamps, [1.0, 5.0])
    found = [PushAction().from_poses(poses) for poses in recording.actions]
    np.testing.assert_allclose(found, [[0.4, 0.1, 0.0, 0.2]] * 2, atol=1e-6)
    assert recording.kind == 'push'
    assert recording.seconds == pytest.approx(9.9)


def test_a_namespace_is_no_obstacle(make_bag: MakeBag) -> None:
    assert len(read_bag(make_bag(namespace='/left_robot'), same, ARM).actions) == 2


@pytest.mark.parametrize('topic', ['camera/image_raw', 'camera/camera_info', 'camera/pose'])
def test_a_missing_topic_is_named_with_its_bag(make_bag: MakeBag, topic: str) -> None:
    with pytest.raises(DatasetError, match=f'lonely lacks the topic {topic}'):
        read_bag(make_bag('lonely', without=(topic,)), same, ARM)


def test_a_bag_to_watch_needs_neither_joints_nor_actions(make_bag: MakeBag) -> None:
    bag = make_bag(without=('joint_states', 'macro_action', 'e_stop'))
    recording = read_bag(bag, same, ARM)
    assert recording.joints is None and len(recording.actions) == 0
    assert len(recording.images) == 100


def test_mixed_camera_sizes_are_refused(make_bag: MakeBag) -> None:
    with pytest.raises(DatasetError, match='image_raw has images of 16 x 12 and of 32 x 24'):
        read_bag(make_bag(larger_from=3.0), same, ARM)


def test_a_clock_that_jumps_back_is_refused(make_bag: MakeBag) -> None:
    with pytest.raises(DatasetError, match=r'joint_states jumps back from 5.98 s to 1.00 s'):
        read_bag(make_bag(jump_at=6.0), same, ARM)


def test_a_topic_of_another_type_is_named(make_bag: MakeBag) -> None:
    kinds = {**TYPES, 'e_stop': 'std_msgs/msg/Float32'}
    with pytest.raises(DatasetError, match='/e_stop is of std_msgs/msg/Float32'):
        read_bag(make_bag(kinds=kinds), same, ARM)


def test_a_cut_bag_is_refused(make_bag: MakeBag) -> None:
    bag = make_bag('cut')
    storage = next(bag.glob('*.mcap'))
    storage.write_bytes(storage.read_bytes()[:-2000])
    with pytest.raises(DatasetError, match=r'cut is cut off, damaged or no bag'):
        read_bag(bag, same, ARM)


def test_a_bag_that_was_killed_and_a_foreign_file_are_refused(
    make_bag: MakeBag, tmp_path: Path,
) -> None:
    killed = make_bag('killed')
    (killed / 'metadata.yaml').unlink()
    foreign = tmp_path / 'foreign'
    foreign.mkdir()
    (foreign / 'film.mcap').write_bytes(b'not a bag')
    assert find_bags(tmp_path) == [foreign, killed]
    assert listing(tmp_path)['foreign/film.mcap'] == 9
    for bag in (killed, foreign):
        with pytest.raises(DatasetError, match=f'{bag.name} is cut off, damaged or no bag'):
            read_bag(bag, same, ARM)


def test_images_before_the_camera_is_known_are_counted(make_bag: MakeBag) -> None:
    recording = read_bag(make_bag(pose_at=1.0), same, ARM)
    assert recording.left_out == {EARLY: 10} and recording.stamps[0] == 1.0
    with pytest.raises(DatasetError, match='no image of camera/image_raw can be used'):
        read_bag(make_bag('dark', blind=(0.0, 99.0)), same, ARM)


def test_an_image_that_cannot_be_used_names_bag_and_topic(make_bag: MakeBag) -> None:
    def narrow(image: np.ndarray, view: CameraView) -> np.ndarray:
        raise ObservationError('the camera does not see the whole rectified view')

    with pytest.raises(DatasetError, match='bag: camera/image_raw: the camera does not see'):
        read_bag(make_bag(), narrow, ARM)
