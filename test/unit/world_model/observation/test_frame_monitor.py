"""Claims about the frame monitor: what no longer shows what is there is noticed, no other."""

import numpy as np
import pytest

from foresight.errors import ObservationError
from foresight.protocols import CameraView
from foresight.world_model.observation.frame_monitor import LATE, FrameMonitor, pixel_of

EMPTY = np.random.default_rng(0).integers(60, 200, (96, 128, 3), np.uint8)
HOME, IN, FAR = np.array([-300.0, 40.0]), np.array([30.0, 40.0]), np.array([90.0, 40.0])


@pytest.fixture
def monitor() -> FrameMonitor:
    made = FrameMonitor()
    made.compare_with(EMPTY)
    return made


def noisy(generator: np.random.Generator) -> np.ndarray:
    return (EMPTY + generator.integers(-3, 4, EMPTY.shape)).astype(np.uint8)


def test_a_still_picture_is_good_while_nothing_in_it_must_move(monitor):
    for tool in (None, HOME, HOME + 100.0, HOME, IN, IN + 5.0):
        monitor.begin()
        for _ in range(50):
            monitor.check(EMPTY, tool)


@pytest.mark.parametrize('ways', [(IN, FAR), (HOME, IN), (IN, HOME)])
def test_a_picture_that_stands_still_while_the_tool_moves_in_it_is_frozen(monitor, ways):
    monitor.check(EMPTY, ways[0])
    with pytest.raises(ObservationError, match='frozen'):
        monitor.check(EMPTY, ways[1])
    with pytest.raises(ObservationError, match='frozen'):  # until another one comes
        monitor.check(EMPTY, ways[0])
    monitor.check(EMPTY[::-1].copy(), ways[0])


def test_a_tool_that_moves_out_of_the_picture_changes_nothing_in_it(monitor):
    monitor.check(EMPTY, HOME)
    monitor.check(EMPTY, HOME - 200.0)


def test_a_camera_whose_noise_stops_is_frozen_though_nothing_moves(monitor):
    generator = np.random.default_rng(1)
    for _ in range(12):
        last = noisy(generator)
        monitor.check(last, HOME)
    for _ in range(4):
        monitor.check(last, HOME)
    with pytest.raises(ObservationError, match='frozen'):
        monitor.check(last, HOME)


def test_a_codec_that_repeats_pictures_is_not_frozen(monitor):
    generator = np.random.default_rng(2)
    for _ in range(10):
        last = noisy(generator)
        for _ in range(8):
            monitor.check(last, HOME)


@pytest.mark.parametrize('level', [0, 255])
def test_a_picture_of_one_colour_is_refused(monitor, level):
    generator = np.random.default_rng(3)
    covered = np.clip(level + generator.integers(-2, 3, EMPTY.shape), 0, 255).astype(np.uint8)
    with pytest.raises(ObservationError, match='uncover the lens'):
        monitor.check(covered, IN)


def test_less_light_is_no_cover(monitor):
    monitor.check((EMPTY * 0.6).astype(np.uint8), IN)


def test_a_grey_picture_is_refused_where_the_table_had_colours(monitor):
    with pytest.raises(ObservationError, match='to colour'):
        monitor.check(np.repeat(EMPTY[..., :1], 3, axis=2), IN)


def test_another_size_is_refused_until_the_camera_begins_anew(monitor):
    monitor.check(EMPTY, IN)
    half = EMPTY[::2, ::2].copy()
    with pytest.raises(ObservationError, match='was 128 x 96 and is 64 x 48 now'):
        monitor.check(half, IN)
    monitor.begin()
    monitor.check(half, IN)


def test_images_are_taken_in_order_and_once(monitor):
    stamps = (1.0, 1.2, 1.1, 1.2, 1.3)
    assert [monitor.is_new(stamp, 1.3) for stamp in stamps] == [True, True, False, False, True]


def test_a_late_image_is_refused(monitor):
    assert monitor.is_new(1.0, 1.0 + 0.9 * LATE)
    with pytest.raises(ObservationError, match='3.0 s old'):
        monitor.is_new(2.0, 5.0)


def test_a_clock_set_back_begins_anew(monitor):
    assert monitor.is_new(100.0, 100.0)
    assert monitor.is_new(5.0, 5.1)


def test_a_point_before_the_camera_has_a_pixel():
    pose = np.diag([1.0, -1.0, -1.0, 1.0])
    pose[:3, 3] = 0.5, 0.1, 1.0
    view = CameraView(np.array([[100.0, 0, 64], [0, 100, 48], [0, 0, 1]]), pose, 128, 96)
    np.testing.assert_allclose(pixel_of(np.array([0.6, 0.1, 0.0]), view), (74.0, 48.0))
    assert pixel_of(np.array([0.6, 0.1, 2.0]), view) is None
