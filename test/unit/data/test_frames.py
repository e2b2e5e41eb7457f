"""Claims about the tree of frames: where a camera stands, whoever tells it."""

from types import SimpleNamespace

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from foresight.data.frames import Frames
from foresight.errors import ObservationError


def transform(parent, child, place=(0.0, 0.0, 0.0), turn=(0.0, 0.0, 0.0)):
    """Make a stamped transform; `turn` is roll, pitch, yaw."""
    quaternion = Rotation.from_euler('xyz', turn).as_quat()
    return SimpleNamespace(
        header=SimpleNamespace(frame_id=parent), child_frame_id=child,
        transform=SimpleNamespace(
            translation=SimpleNamespace(**dict(zip('xyz', place, strict=True))),
            rotation=SimpleNamespace(**dict(zip('xyzw', quaternion, strict=True)))))


def tell(frames, *transforms, fixed=True):
    frames.update(SimpleNamespace(transforms=list(transforms)), fixed)


def matrix(place, turn=(0.0, 0.0, 0.0)):
    pose = np.eye(4)
    pose[:3, :3] = Rotation.from_euler('xyz', turn).as_matrix()
    pose[:3, 3] = place
    return pose


@pytest.fixture
def frames():
    """A world with an arm and, on a stand, a camera."""
    made = Frames()
    tell(made, transform('world', 'base_link', (1.0, 0.0, 0.0), (0.0, 0.0, 1.0)),
         transform('world', 'camera_link', (0.0, 2.0, 1.0)))
    tell(made, transform('camera_link', '/optical', (0.01, 0.0, 0.0), (-1.5, 0.0, -1.5)))
    return made


def test_the_pose_goes_up_to_the_common_frame_and_down_again(frames):
    expected = np.linalg.inv(matrix((1.0, 0.0, 0.0), (0.0, 0.0, 1.0))) @ matrix(
        (0.0, 2.0, 1.0)) @ matrix((0.01, 0.0, 0.0), (-1.5, 0.0, -1.5))
    np.testing.assert_allclose(frames.pose('base_link', 'optical'), expected, atol=1e-12)
    np.testing.assert_allclose(frames.pose('optical', 'optical'), np.eye(4))


def test_the_newest_fixed_transform_wins(frames):
    tell(frames, transform('world', 'camera_link', (0.0, 3.0, 1.0)))
    there = frames.pose('world', 'camera_link')
    np.testing.assert_allclose(there[:3, 3], (0.0, 3.0, 1.0))


def test_frames_that_are_not_connected_are_named(frames):
    tell(frames, transform('other_world', 'arm'))
    with pytest.raises(ObservationError, match=r'hangs on world, arm on other_world\): publish'):
        frames.pose('arm', 'optical')
    with pytest.raises(ObservationError, match='base_link are not connected'):
        Frames().pose('base_link', 'optical')


def test_a_camera_in_the_hand_is_refused_once_it_moves(frames):
    for angle in (0.0, 0.0005, 0.3, 0.0005):
        tell(frames, transform('base_link', 'hand', (0.5, 0.0, 0.5), (0.0, 0.0, angle)),
             transform('hand', 'eye'), fixed=False)
        if angle < 0.1:
            assert frames.pose('base_link', 'eye')[0, 3] == pytest.approx(0.5)
        else:
            with pytest.raises(ObservationError, match='hand moves in base_link'):
                frames.pose('base_link', 'eye')


def test_what_moves_elsewhere_is_no_matter(frames):
    for angle in (0.0, 1.0):
        tell(frames, transform('base_link', 'hand', turn=(0.0, 0.0, angle)), fixed=False)
    frames.pose('base_link', 'optical')


def test_a_fixed_transform_that_is_repeated_on_tf_stays_fixed(frames):
    before = frames.pose('base_link', 'optical')
    tell(frames, transform('world', 'camera_link', (9.0, 9.0, 9.0)), fixed=False)
    np.testing.assert_array_equal(frames.pose('base_link', 'optical'), before)


def test_a_circle_and_what_is_no_pose_are_refused(frames):
    tell(frames, transform('optical', 'world'))
    with pytest.raises(ObservationError, match='its own parent'):
        frames.pose('base_link', 'optical')
    with pytest.raises(ObservationError, match='no pose'):
        tell(frames, transform('a', 'b', (np.nan, 0.0, 0.0)))
