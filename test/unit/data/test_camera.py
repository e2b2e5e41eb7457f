"""Claims about lenses: what a camera_info says is what the images are made of."""

from types import SimpleNamespace

import cv2
import numpy as np
import pytest

from foresight.data.camera import Lens, LensConfig, stamped_pose
from foresight.errors import ObservationError
from foresight.world_model.observation.rectification import project_points

SIZE = 320, 240
RAW = np.array([[220.0, 0.0, 158.0], [0.0, 221.0, 119.0], [0.0, 0.0, 1.0]])
STRAIGHT = np.array([[200.0, 0.0, 160.0], [0.0, 200.0, 120.0], [0.0, 0.0, 1.0]])
MODELS = {
    'plumb_bob': [-0.21, 0.05, 0.001, -0.002, 0.0],
    'rational_polynomial': [-0.2, 0.03, 0.001, -0.001, 0.01, 0.02, 0.001, 0.0],
    'equidistant': [-0.03, 0.01, 0.002, -0.001],
}
POINTS = np.array([[0.1, -0.05, 0.8], [-0.25, 0.2, 0.9], [0.3, 0.2, 0.8], [0.0, 0.0, 1.0]])


def camera_info(**changes):
    region = SimpleNamespace(x_offset=0, y_offset=0, width=0, height=0, do_rectify=False)
    told = {
        'width': SIZE[0], 'height': SIZE[1], 'distortion_model': 'plumb_bob', 'd': [0.0] * 5,
        'k': RAW.ravel(), 'r': np.eye(3).ravel(), 'binning_x': 0, 'binning_y': 0, 'roi': region,
        'p': np.hstack([STRAIGHT, np.zeros((3, 1))]).ravel(),
    }
    return SimpleNamespace(**{**told, **changes})


def pose(frame='base_link'):
    return SimpleNamespace(
        header=SimpleNamespace(frame_id=frame),
        pose=SimpleNamespace(position=SimpleNamespace(x=0.0, y=0.0, z=0.0),
                             orientation=SimpleNamespace(x=0.0, y=0.0, z=0.0, w=1.0)))


def seen_through(model, numbers):
    """Return where a camera of this lens sees the points [px]."""
    still = np.zeros(3)
    if model == 'equidistant':
        found, _ = cv2.fisheye.projectPoints(POINTS[:, None], still, still, RAW, np.array(numbers))
    else:
        found, _ = cv2.projectPoints(POINTS, still, still, RAW, np.array(numbers))
    return found.reshape(-1, 2)


def dot(place, size=SIZE):
    """Draw a soft dot at a place of sub-pixel accuracy."""
    columns, rows = np.meshgrid(*(np.arange(n) for n in size))
    level = 255 * np.exp(-((columns - place[0])**2 + (rows - place[1])**2) / 8.0)
    return np.repeat(level[..., None], 3, axis=2).astype(np.uint8)


def centre(image):
    rows, columns = np.nonzero(image[..., 0] > 20)
    weights = image[rows, columns, 0].astype(float)
    return np.array([np.average(columns, weights=weights), np.average(rows, weights=weights)])


@pytest.mark.parametrize('model', list(MODELS))
def test_a_point_is_where_the_pinhole_camera_sees_it(model):
    lens = Lens(camera_info(distortion_model=model, d=MODELS[model]))
    expected = project_points(POINTS, lens.view(np.eye(4)))
    assert np.abs(expected - seen_through(model, MODELS[model])).max() > 4.0  # it does bend
    for there, seen in zip(expected, seen_through(model, MODELS[model]), strict=True):
        np.testing.assert_allclose(centre(lens.straighten(dot(seen))), there, atol=0.3)


def test_a_camera_without_distortion_is_left_alone():
    image = np.random.default_rng(0).integers(0, 255, (*SIZE[::-1], 3), np.uint8)
    lens = Lens(camera_info())
    assert lens.straighten(image) is image
    np.testing.assert_array_equal(lens.view(np.eye(4)).matrix, RAW)


def test_of_an_image_that_is_rectified_p_counts_and_nothing_is_bent():
    image = np.zeros((*SIZE[::-1], 3), np.uint8)
    lens = Lens(camera_info(d=MODELS['plumb_bob']), rectified=True)
    assert lens.straighten(image) is image
    np.testing.assert_array_equal(lens.view(np.eye(4)).matrix, STRAIGHT)
    with pytest.raises(ObservationError, match='camera_info has no p'):
        Lens(camera_info(d=MODELS['plumb_bob'], p=[0.0] * 12), rectified=True)


@pytest.mark.parametrize('d', [[0.0] * 5, MODELS['plumb_bob']])
def test_binned_pixels_of_a_region_see_the_same_rays(d):
    whole = Lens(camera_info(d=d))
    region = SimpleNamespace(x_offset=40, y_offset=20, width=240, height=200, do_rectify=False)
    part = Lens(camera_info(d=d, roi=region, binning_x=2, binning_y=4))
    assert (part.width, part.height) == (120, 50)
    there = project_points(POINTS[:1], part.view(np.eye(4)))
    np.testing.assert_allclose(
        there * (2, 4) + (40, 20), project_points(POINTS[:1], whole.view(np.eye(4))))
    seen = (seen_through('plumb_bob', d)[0] - (40, 20)) / (2, 4)
    found = centre(part.straighten(dot(seen, (120, 50))))
    np.testing.assert_allclose(found, there[0], atol=0.3)


def test_an_image_of_another_size_is_refused():
    with pytest.raises(ObservationError, match='camera_info announces'):
        Lens(camera_info()).straighten(np.zeros((120, 160, 3), np.uint8))


@pytest.mark.parametrize(('changes', 'remedy'), [
    ({'k': np.zeros(9)}, 'no focal length'), ({'d': [np.nan] * 5}, 'not finite'),
    ({'d': [0.1] * 3}, '3 numbers of the distortion model'),
    ({'d': [0.1] * 5, 'distortion_model': 'cylinder'}, "model 'cylinder': calibrate as plumb_bob"),
])
def test_a_camera_that_cannot_be_used_is_refused(changes, remedy):
    with pytest.raises(ObservationError, match=remedy):
        Lens(camera_info(**changes))


def test_a_pose_in_another_frame_is_refused():
    with pytest.raises(ObservationError, match='base_link'):
        stamped_pose(pose('world'))


def test_a_lens_knows_its_camera_info():
    lens = Lens(camera_info())
    assert lens.describes(camera_info())
    assert not lens.describes(camera_info(binning_x=2))
    assert not lens.describes(camera_info(d=[0.1] * 5))


@pytest.mark.parametrize(('topic', 'config', 'rectified'), [
    ('/camera/image_raw', 'auto', False), ('/camera/color/image_rect_raw', 'auto', True),
    ('/camera/image_rect/compressed', 'auto', True), ('/camera/image_raw', 'rectified', True),
    ('/camera/image_rect', 'raw', False),
])
def test_the_topic_tells_whether_an_image_is_rectified_unless_somebody_says_it(
    topic, config, rectified,
):
    assert LensConfig(config).is_rectified(topic) == rectified
