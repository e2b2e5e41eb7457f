"""Claims about what drivers of known arms and cameras call their topics."""

import pytest

from foresight.errors import ConfigError
from foresight.files import share
from foresight.nodes.drivers import ARM, CAMERA, ORIGIN, camera_pose, driver_names, write_camera

CAMERAS = sorted(path.stem for path in share('config/cameras').iterdir())
ROBOTS = sorted(path.name for path in share('config/robots').iterdir())


def test_without_a_file_things_are_called_as_the_package_does():
    assert driver_names('panda') == {**ARM, **CAMERA}


@pytest.mark.parametrize('robot', ROBOTS)
@pytest.mark.parametrize('camera', CAMERAS)
def test_every_arm_and_camera_of_the_package_can_be_read(robot, camera):
    names = driver_names(robot, camera)
    assert set(names) == {*ARM, *CAMERA}
    assert names['command_interface'] in ('joint_state', 'float64_multi_array', 'joint_trajectory')
    assert names['pose_from'] in ('topic', 'tf')
    assert names['image_is'] in ('auto', 'raw', 'rectified')


def test_a_camera_may_be_a_file_of_ones_own(tmp_path):
    path = tmp_path / 'mine.yaml'
    path.write_text('image: /mine/image_rect\n')
    names = driver_names('ur5e', str(path))
    assert names['image'] == '/mine/image_rect' and names['pose_from'] == 'topic'
    assert names['commands'] == '/forward_position_controller/commands'


def test_the_file_of_a_calibrated_camera_says_where_it_is(tmp_path):
    path, pose = tmp_path / 'mine.yaml', (0.5, 0.1, 1.2, 0.0, 1.0, 0.0, 0.0)
    write_camera(path, 'webcam', pose, 'Calibrated.')
    names = driver_names('ur5e', str(path))
    assert names == {**driver_names('ur5e', 'webcam'), 'pose_from': 'given'}
    assert camera_pose(str(path)) == pose and camera_pose('webcam') == ORIGIN == camera_pose('')


@pytest.mark.parametrize('pose', ['3', '[1.0, 2.0]', '[0, 0, 1.0, 0, 0, 0, 2.0]',
                                  '[0, 0, .nan, 0, 0, 0, 1]', '[0, 0, true, 0, 0, 0, 1]'])
def test_what_is_no_pose_is_refused(tmp_path, pose):
    path = tmp_path / 'mine.yaml'
    path.write_text(f'pose: {pose}')
    with pytest.raises(ConfigError, match='unit quaternion'):
        driver_names('panda', str(path))


@pytest.mark.parametrize(('content', 'remedy'), [
    ('imagee: /x', 'imagee'), ('image: 3', 'write a name'), ('image: ""', 'write a name'),
])
def test_a_file_with_other_words_is_refused(tmp_path, content, remedy):
    path = tmp_path / 'mine.yaml'
    path.write_text(content)
    with pytest.raises(ConfigError, match=remedy):
        driver_names('panda', str(path))


def test_an_unknown_camera_names_the_known_ones():
    with pytest.raises(ConfigError, match='no such camera: give a YAML file or one of realsense'):
        driver_names('panda', 'kinect')
