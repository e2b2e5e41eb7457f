"""Claims about reading bags that our recorder or plain `ros2 bag record` wrote."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import yaml
from rosbags.rosbag2 import Reader

from foresight.actions.push.macro_action import PushAction
from foresight.data.bags.folder import find_bags, listing
from foresight.data.bags.reader import TWICE, read_bag, read_open_bag
from foresight.data.bags.recovery import closed
from foresight.data.bags.sight import EARLY
from foresight.data.bags.stills import stills
from foresight.data.bags.storage import COMPRESSED, IMAGE, TYPES, open_bag
from foresight.data.bags.writer import BagWriter
from foresight.data.camera import LensConfig
from foresight.errors import DatasetError, ObservationError
from foresight.protocols import CameraView

MakeBag = Callable[..., Path]
ARM = ('x', 'y')


def same(image: np.ndarray, _: CameraView) -> np.ndarray:
    return image


def images_of(bag: Path) -> np.ndarray:
    """Return every image of a bag in the order of their time."""
    with open_bag(bag) as opened:
        recording = read_open_bag(opened, same, ARM)
        seen = stills(opened, recording, range(len(recording.stamps)), same)
    return np.stack([seen[place] for place in range(len(recording.stamps))])


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
    assert len(recording.stamps) == 100


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


def cut(bag: Path, left: int) -> None:
    """Let a kill or a full disk end a bag."""
    (bag / 'metadata.yaml').unlink()
    storage = next(bag.glob('*.mcap'))
    storage.write_bytes(storage.read_bytes()[:left])


def test_a_bag_that_nobody_closed_is_read_up_to_the_cut(make_bag: MakeBag) -> None:
    whole = make_bag('killed', seconds=10.0)
    size = next(whole.glob('*.mcap')).stat().st_size
    cut(whole, size - 2000)  # in what comes after the messages
    assert len(read_bag(whole, same, ARM).stamps) == 100


def test_of_several_chunks_those_before_the_cut_are_read(tmp_path: Path) -> None:
    kind, data = 'std_msgs/msg/String', bytes([0, 1, 0, 0]) + (600_000).to_bytes(4, 'little')
    noise = np.random.default_rng(0).integers(1, 127, 599_999, np.uint8).tobytes() + b'\0'
    with BagWriter(tmp_path / 'bag') as bag:
        bag.add_topic('/text', kind)
        for second in range(6):
            bag.write('/text', second * 10**9, data + noise)
    path = tmp_path / 'bag' / 'bag.mcap'
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 3 // 4])
    (tmp_path / 'spare').mkdir()
    with Reader(closed(path, tmp_path / 'spare').path) as reader:
        times = [time for _, time, _ in reader.messages()]
    assert times == [0, 10**9, 2 * 10**9, 3 * 10**9]


def test_a_flipped_bit_is_found(make_bag: MakeBag) -> None:
    bag = make_bag('flipped')
    path = next(bag.glob('*.mcap'))
    content = bytearray(path.read_bytes())
    content[len(content) // 4] ^= 0x10
    path.write_bytes(content)
    with pytest.raises(DatasetError, match='flipped is cut off, damaged or no bag'):
        read_bag(bag, same, ARM)


def test_a_bag_without_a_whole_chunk_and_a_foreign_file_are_refused(
    make_bag: MakeBag, tmp_path: Path,
) -> None:
    killed = make_bag('killed')
    cut(killed, 2000)
    foreign = tmp_path / 'foreign'
    foreign.mkdir()
    (foreign / 'film.mcap').write_bytes(b'not a bag')
    assert find_bags(tmp_path) == [foreign, killed]
    assert listing(tmp_path)['foreign/film.mcap'] == 9
    for bag in (killed, foreign):
        with pytest.raises(DatasetError, match=f'{bag.name} is cut off, damaged or no bag'):
            read_bag(bag, same, ARM)


def test_a_whole_mcap_needs_no_metadata(make_bag: MakeBag) -> None:
    bag = make_bag()
    (bag / 'metadata.yaml').unlink()
    assert len(read_bag(bag, same, ARM).actions) == 2


def test_what_the_metadata_says_of_quality_of_service_costs_no_message(make_bag: MakeBag) -> None:
    bag = make_bag()
    metadata = bag / 'metadata.yaml'
    content = yaml.safe_load(metadata.read_text())
    for topic in content['rosbag2_bagfile_information']['topics_with_message_count']:
        topic['topic_metadata']['offered_qos_profiles'][0]['depth'] = 77
    metadata.write_text(yaml.safe_dump(content))
    assert len(read_bag(bag, same, ARM).stamps) == 100


def test_a_bag_of_two_files_is_read_in_order(make_bag: MakeBag, tmp_path: Path) -> None:
    parts = [make_bag('first'), make_bag('second', starts=10.0, actions=0)]
    bag = tmp_path / 'both'
    bag.mkdir()
    for number, part in zip((9, 10), parts, strict=True):  # 10 comes after 9
        next(part.glob('*.mcap')).rename(bag / f'both_{number}.mcap')
    recording = read_bag(bag, same, ARM)
    assert len(recording.stamps) == 200 and recording.seconds == pytest.approx(19.9)


def test_joints_may_come_in_two_messages_of_a_stamp(make_bag: MakeBag) -> None:
    whole, split = (read_bag(make_bag(name, split=name == 'split'), same, ARM).joints
                    for name in ('whole', 'split'))
    assert whole is not None and split is not None
    np.testing.assert_array_equal(whole.positions, split.positions)
    np.testing.assert_array_equal(whole.velocities, split.velocities)


def test_of_two_topics_of_joint_states_the_one_with_the_arm_counts(make_bag: MakeBag) -> None:
    other = 'gripper/joint_states'
    bag = make_bag(other_joints=other, kinds={**TYPES, other: TYPES['joint_states']})
    joints = read_bag(bag, same, ARM).joints
    assert joints is not None and len(joints.stamps) == 500
    with pytest.raises(DatasetError, match='joint_states is in it 2 times .*gripper/joint_states'):
        read_bag(bag, same, ('finger',))


def test_images_out_of_order_are_sorted(make_bag: MakeBag) -> None:
    bag = make_bag(swapped=True)
    recording = read_bag(bag, same, ARM)
    np.testing.assert_allclose(np.diff(recording.stamps), 0.1)
    assert not recording.left_out and len(recording.stamps) == 100
    levels = images_of(bag)[:, 0, 0, 0].astype(int)
    assert levels[:4].tolist() == [1, 0, 3, 2]


def test_an_image_that_comes_twice_counts_once(make_bag: MakeBag) -> None:
    recording = read_bag(make_bag(repeats=True), same, ARM)
    assert recording.left_out == {TWICE: 100} and len(recording.stamps) == 100


def test_a_pose_of_last_digits_is_the_same_camera(make_bag: MakeBag) -> None:
    def cameras(jitter: float) -> int:
        views = read_bag(make_bag(f'{jitter}', jitter=jitter), same, ARM).views
        return len({id(view) for view in views})

    assert cameras(1e-9) == 1 < cameras(0.01)


@pytest.mark.parametrize('behind', [0.0, 0.5, -0.5])
def test_a_camera_whose_clock_is_apart_is_seen(make_bag: MakeBag, behind: float) -> None:
    assert read_bag(make_bag(camera_behind=behind), same, ARM).lag == pytest.approx(behind)


def test_compressed_images_are_read_whatever_their_topic_is_called(make_bag: MakeBag) -> None:
    plain = images_of(make_bag())
    for number, name in enumerate(('camera/image_raw', 'camera/image_raw/compressed')):
        kinds = {**{name: kind for name, kind in TYPES.items() if name != IMAGE}, name: COMPRESSED}
        bag = make_bag(f'packed{number}', image=name, kinds=kinds)
        np.testing.assert_array_equal(images_of(bag), plain)


def test_of_a_plain_and_a_compressed_topic_the_plain_one_is_read(make_bag: MakeBag) -> None:
    bag = make_bag(kinds={**TYPES, f'{IMAGE}/compressed': COMPRESSED})
    assert len(read_bag(bag, same, ARM).stamps) == 100


def test_bent_images_are_made_straight_unless_they_are(make_bag: MakeBag) -> None:
    straight = images_of(make_bag())
    bag = make_bag('bent', bend=-0.4)
    bent = images_of(bag)
    assert not np.array_equal(bent, straight)
    with pytest.raises(DatasetError, match='camera_info has no p'):
        read_bag(bag, same, ARM, camera=LensConfig('rectified'))


def test_where_nobody_records_the_pose_the_frames_tell_it(make_bag: MakeBag) -> None:
    kinds = {**TYPES, 'tf_static': 'tf2_msgs/msg/TFMessage'}
    without = 'camera/pose',
    recording = read_bag(make_bag(frames_at=1.0, kinds=kinds, without=without), same, ARM)
    assert recording.left_out == {EARLY: 10} and len(recording.stamps) == 90
    np.testing.assert_allclose(recording.views[0].base_from_camera[:3, 3], [0.2, 0.0, 0.0])
    with pytest.raises(DatasetError, match='lens and base_link are not connected'):
        read_bag(make_bag('lost', frames_at=1.0, kinds=kinds, without=without, root='elsewhere'),
                 same, ARM)


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


def test_a_length_that_was_changed_in_the_index_is_damage(make_bag: MakeBag) -> None:
    bag = make_bag()
    file = next(bag.glob('*.mcap'))
    content, damaged = file.read_bytes(), 0
    for place in range(len(content) - 400, len(content) - 8, 9):
        file.write_bytes(content[:place] + b'\x01' + content[place + 1:])
        try:
            read_bag(bag, same, ARM)
        except (DatasetError, ObservationError):
            damaged += 1
    assert damaged > 3
