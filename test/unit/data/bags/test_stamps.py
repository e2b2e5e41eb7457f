"""Claims about stamps: believed where they can be, told where they cannot."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from foresight.data.bags.contract import Contract
from foresight.data.bags.motion import believe
from foresight.data.bags.reader import read_bag, read_open_bag
from foresight.data.bags.recording import Recording
from foresight.data.bags.storage import open_bag
from foresight.protocols import CameraView

MakeBag = Callable[..., Path]
ARM = ('x', 'y')
APART = 0.25


def same(image: np.ndarray, _: CameraView) -> np.ndarray:
    return image


def believed(bag: Path) -> Recording:
    with open_bag(bag) as opened:
        return believe(opened, read_open_bag(opened, same, ARM), APART)


@pytest.mark.parametrize('topic', ['camera/image_raw', 'joint_states'])
def test_where_headers_are_zero_the_time_of_recording_stands_for_them(
    make_bag: MakeBag, topic: str,
) -> None:
    usual, recording = (read_bag(make_bag(f'bag{number}', zero=zero), same, ARM)
                        for number, zero in enumerate(((), (topic,))))
    assert usual.joints is not None and recording.joints is not None
    np.testing.assert_allclose(recording.stamps, usual.stamps, atol=1e-6)
    np.testing.assert_allclose(recording.joints.stamps, usual.joints.stamps, atol=1e-6)
    said, = recording.remarks
    assert said.startswith(f'stamps of {topic} are zero')


def test_a_camera_whose_clock_counts_from_elsewhere_is_moved(make_bag: MakeBag) -> None:
    recording = read_bag(make_bag(camera_epoch=1.7e9), same, ARM)
    np.testing.assert_allclose(recording.stamps[:3], [0.0, 0.1, 0.2], atol=1e-5)
    said, = recording.remarks
    assert 'clock of the camera is -1700000000.000 s behind' in said and recording.lag == 0.0


def test_a_contract_may_say_the_offset_of_the_camera(make_bag: MakeBag) -> None:
    bag = make_bag(camera_behind=0.5)
    recording = read_bag(bag, same, ARM, contract=Contract(clock_offset=0.5))
    assert recording.lag == pytest.approx(0.0) and recording.stamps[0] == pytest.approx(0.0)
    received = read_bag(bag, same, ARM, contract=Contract(stamps='receive'))
    assert received.stamps[0] == pytest.approx(1000.0) and received.lag == 0.0


@pytest.mark.parametrize('behind', [0.5, -0.5])
def test_an_arm_that_moves_in_the_image_tells_the_offset(make_bag: MakeBag, behind: float) -> None:
    recording = believed(make_bag(camera_behind=behind, moves=True))
    said, = recording.remarks
    assert said.endswith('corrected') and recording.lag == 0.0
    assert recording.stamps[0] == pytest.approx(0.0, abs=0.1)


def test_what_no_motion_tells_stays_as_it_is(make_bag: MakeBag) -> None:
    recording = believed(make_bag(camera_behind=0.5))
    assert not recording.remarks and recording.lag == pytest.approx(0.5)
