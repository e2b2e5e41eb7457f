"""Claims about finding actions in a bag: only those that were carried out and seen."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from foresight.actions.push.macro_action import PushAction
from foresight.data.bags.actions import (
    APART,
    BLIND,
    NEVER,
    NO_AFTER,
    NO_BEFORE,
    NOT_DONE,
    STOPPED,
    Arm,
    BagConfig,
    find_actions,
    with_stills,
)
from foresight.data.bags.reader import read_bag, read_open_bag
from foresight.data.bags.storage import open_bag
from foresight.data.bags.summary import remarks, stretches
from foresight.data.bags.training import to_transitions, with_empty
from foresight.errors import DatasetError
from foresight.protocols import CameraView
from foresight.settings import SceneConfig

MakeBag = Callable[..., Path]


def same(image: np.ndarray, _: CameraView) -> np.ndarray:
    return image


def tool_pose(joints: np.ndarray) -> np.ndarray:
    pose = np.eye(4)
    pose[:2, 3] = joints
    return pose


ARM = Arm(np.zeros(2), tool_pose, 0.1)


def found(bag: Path, **changes: float):
    return find_actions(read_bag(bag, same, ('x', 'y')), ARM, BagConfig(**changes), PushAction())


def seen(bag: Path, empty: np.ndarray | None = None):
    with open_bag(bag) as opened:
        recording = with_empty(read_open_bag(opened, same, ('x', 'y')), empty)
        actions = find_actions(recording, ARM, BagConfig(), PushAction())
        return with_stills(opened, actions, same)


def test_an_action_has_the_free_view_on_both_sides(make_bag: MakeBag) -> None:
    bag = found(make_bag())
    stamps = bag.recording.stamps
    assert not bag.dropped
    times = [(stamps[action.before], stamps[action.after]) for action in bag.actions]
    # The arm leaves a moment after 1.3 s and is back at 3.6 s; 3 s are waited at most.
    np.testing.assert_allclose(times, [(1.3, 5.3), (5.3, 9.9)])


def test_transitions_are_those_of_collected_play_without_labels(make_bag: MakeBag) -> None:
    bags = [seen(make_bag('one')), seen(make_bag('two'))]
    made = to_transitions(bags, SceneConfig(), (16, 24))
    assert len(made) == 4 and not made.has_labels
    assert made.episode.tolist() == [0, 0, 1, 1]
    # The image after an action is the one before the next: it is kept once.
    assert made.before_index.tolist() == [0, 1, 3, 4] and len(made.stills) == 6
    assert made.stills[0].min() == 13
    assert (made.backgrounds == 100).all()


@pytest.mark.parametrize('spoil, reason', [
    ({'blind': (0.0, 1.45)}, NO_BEFORE), ({'blind': (3.4, 6.8)}, NO_AFTER),
    ({'numb': (1.8, 2.4)}, BLIND), ({'stop_at': 2.0}, STOPPED), ({'reached': 0.5}, NOT_DONE),
])
def test_what_is_not_a_whole_action_is_dropped_and_counted(
    make_bag: MakeBag, spoil: dict, reason: str,
) -> None:
    bag = found(make_bag(actions=1, seconds=8.0, **spoil))
    assert not bag.actions and bag.dropped == {reason: 1}


def test_an_action_that_never_began_is_counted(make_bag: MakeBag) -> None:
    bag = make_bag(actions=1, seconds=1.2)
    assert found(bag).dropped == {NEVER: 1}


def test_settings_decide_how_long_after_counts(make_bag: MakeBag) -> None:
    bag = make_bag(actions=1, blind=(3.4, 7.0))
    assert found(bag).dropped == {NO_AFTER: 1}
    assert len(found(bag, wait=5.0).actions) == 1


def test_actions_without_joint_states_are_refused(make_bag: MakeBag) -> None:
    with pytest.raises(DatasetError, match='mute has macro_action but lacks joint_states'):
        found(make_bag('mute', without=('joint_states',)))


def test_an_empty_table_must_come_from_somewhere(make_bag: MakeBag) -> None:
    bag = make_bag(without=('image_background',))
    with pytest.raises(DatasetError, match='bag lacks the topic image_background'):
        seen(bag)
    actions = seen(bag, np.full((12, 16, 3), 7, np.uint8))
    assert to_transitions([actions], SceneConfig(), (16, 24)).backgrounds.max() == 7


def test_no_action_at_all_says_where_to_look(make_bag: MakeBag) -> None:
    with pytest.raises(DatasetError, match='foresight data import'):
        to_transitions([found(make_bag(actions=0))], SceneConfig(), (16, 24))


def test_a_gap_splits_the_video(make_bag: MakeBag) -> None:
    recording = read_bag(make_bag(blind=(4.0, 5.0)), same, ('x', 'y'))
    before, after = stretches(recording, 0.25)
    assert before == pytest.approx(3.9) and after == pytest.approx(4.9)
    assert len(stretches(recording, 2.0)) == 1
    assert stretches(recording, 0.01) == []


@pytest.mark.parametrize('behind', [0.5, -0.5])
def test_no_action_is_taken_from_a_camera_whose_clock_is_apart(
    make_bag: MakeBag, behind: float,
) -> None:
    bag = found(make_bag(camera_behind=behind))
    assert not bag.actions and bag.dropped == {APART: 2}
    than = 'older' if behind > 0.0 else 'newer'
    said, = remarks(bag.recording, BagConfig())
    assert said.startswith(f'image stamps are 0.50 s {than} than those of the joint states')


def test_a_camera_too_slow_to_watch_is_said(make_bag: MakeBag) -> None:
    bag = found(make_bag(image_ticks=15))
    said, = remarks(bag.recording, BagConfig())
    assert 'slower than gap (0.30 s > 0.25 s)' in said and not stretches(bag.recording, 0.25)
    assert not list(remarks(found(make_bag('usual')).recording, BagConfig()))
