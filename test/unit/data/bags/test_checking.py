"""Claims about what is found wrong with bags."""

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from foresight.data.bags.contract import OURS
from foresight.data.bags.findings import (
    missing,
    of_image,
    of_joints,
    of_pictures,
    of_times,
    repeated,
)
from foresight.data.bags.recording import Joints
from foresight.data.bags.survey import Surveyed, survey
from foresight.robots.arm import ArmModel

MakeBag = Callable[..., Path]
IMAGE = '/camera/image_raw'


@pytest.fixture(scope='module')
def arm() -> ArmModel:
    return ArmModel.load('ur5e')


def kinds(found) -> list[str]:
    return [each.kind for each in found]


def surveyed(received: np.ndarray, stamps: np.ndarray | None = None, marks=()) -> Surveyed:
    return Surveyed(IMAGE, 'sensor_msgs/msg/Image', received,
                    received if stamps is None else stamps, np.array(marks, np.int64))


def test_topics_are_counted_without_decoding(make_bag: MakeBag) -> None:
    topics, lost = survey(make_bag(camera_behind=0.2))
    image = topics[IMAGE]
    assert not lost and len(image.received) == len(image.stamps) == len(image.marks) == 100
    assert image.rate == pytest.approx(10.0) and image.longest_gap == pytest.approx(0.1)
    np.testing.assert_allclose(np.diff(image.stamps), 0.1, atol=1e-6)
    assert not len(topics['/e_stop'].received) and not len(topics['/e_stop'].stamps)


def test_who_is_missing_is_named(make_bag: MakeBag) -> None:
    topics, _ = survey(make_bag(without=('joint_states', 'camera/pose')))
    found = list(missing(topics, OURS))
    assert [each.what.split()[0] for each in found] == ['camera/pose', 'joint_states']
    assert all('record it too' in each.remedy for each in found)


STEADY = np.arange(100) / 10.0


@pytest.mark.parametrize('each, kind', [
    (surveyed(STEADY + (STEADY > 5.0)), 'gap'), (surveyed(STEADY, STEADY - 2.0), 'late'),
    (surveyed(STEADY, np.zeros(100)), 'no stamp'),
    (surveyed(STEADY, STEADY + 100.0 * (STEADY > 5.0)), 'clock jump'),
])
def test_times_that_are_odd_are_found(each: Surveyed, kind: str) -> None:
    assert kinds(of_times(each, 0.25)) == [kind]
    assert not kinds(of_times(surveyed(STEADY), 0.25))


def moving(velocities: np.ndarray, positions: np.ndarray) -> Joints:
    return Joints(np.arange(len(positions)) / 10.0, positions, velocities)


def test_a_camera_is_frozen_only_while_the_arm_moves() -> None:
    still, busy = (moving(np.full((100, 2), speed), np.zeros((100, 2))) for speed in (0.0, 0.5))
    frozen = surveyed(STEADY, marks=np.minimum(np.arange(100), 50))
    (found,) = of_image(frozen, STEADY, busy)
    assert found.kind == 'frozen camera' and 'from 5.0 to 9.9 s' in found.what
    assert not kinds(of_image(frozen, STEADY, still))
    assert not kinds(of_image(surveyed(STEADY, marks=np.arange(100)), STEADY, busy))


def test_dark_and_saturated_pictures_are_found() -> None:
    grey = np.full((4, 4, 3), 100, np.uint8)
    assert kinds(of_pictures({0.0: grey, 1.0: grey // 20})) == ['dark']
    assert kinds(of_pictures({0.0: grey + 155, 1.0: grey})) == ['saturated']
    assert not kinds(of_pictures({0.0: grey}))


def swinging(arm: ArmModel, order: list[int], speeds: list[int]) -> Joints:
    """Return an arm that swings about its retract pose and ends there."""
    times = np.arange(0.0, 20.0, 0.02)[:, None]
    amplitude = np.where(times < 4.0 * np.pi, 0.3, 0.0)  # where all of them pass retract
    phase = np.arange(6)[None] + 1.0
    positions = np.array(arm.retract) + amplitude * np.sin(phase * times)
    velocities = amplitude * phase * np.cos(phase * times)
    return Joints(times[:, 0], positions[:, order], velocities[:, speeds])


def test_swapped_joints_are_named(arm: ArmModel) -> None:
    usual, other = list(range(6)), [0, 2, 1, 3, 4, 5]
    assert not kinds(of_joints(swinging(arm, usual, usual), arm))
    (found,) = of_joints(swinging(arm, usual, other), arm)
    assert 'the speeds of shoulder_lift_joint and elbow_joint' in found.what
    names = [each.what for each in of_joints(swinging(arm, other, other), arm)]
    assert any(re.search('if shoulder_lift_joint and elbow_joint changed', each) for each in names)
    beyond = swinging(arm, usual, usual)
    degrees = Joints(beyond.stamps, np.degrees(beyond.positions), beyond.velocities)
    assert kinds(of_joints(degrees, arm))[0] == 'joints'


def test_a_bag_that_is_there_twice_is_found() -> None:
    marks = np.arange(50)
    (name, found), = repeated({'a': marks, 'b': marks[5:], 'c': marks + 100})
    assert name == 'b' and found.kind == 'duplicate' and 'in a too' in found.what
