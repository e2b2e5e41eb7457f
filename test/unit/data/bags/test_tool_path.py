"""Claims about actions that nobody tells."""

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from foresight.actions.push.macro_action import PushAction
from foresight.data.bags.actions import Arm, BagConfig
from foresight.data.bags.recording import Joints, Recording
from foresight.data.bags.tool_path import BENT, HIGH, SEVERAL, UNKNOWN, with_found_actions

Way = tuple[tuple[float, float, float], ...]
HOME = (0.0, 0.0, 0.3)
PUSH: Way = (HOME, (0.4, 0.1, 0.2), (0.4, 0.1, 0.01), (0.6, 0.2, 0.012), (0.6, 0.2, 0.2), HOME)


def tool_pose(joints: np.ndarray) -> np.ndarray:
    pose = np.eye(4)
    pose[:3, 3] = joints
    return pose


def found(way: Way):
    """Look for actions on a way whose corners are a second apart, at rest before and after."""
    times = np.arange(0.0, len(way) + 1.0, 0.02)
    positions = np.stack([np.interp(times - 1.0, np.arange(len(way)), side)
                          for side in np.array(way).T], axis=1)
    velocities = np.gradient(positions, 0.02, axis=0)
    recording = Recording(
        Path('bag'), times[:1], np.zeros(1, np.int64), (), (), np.zeros(1, np.int64), (),
        Joints(times, positions, velocities), 'push', np.zeros(0), (), np.zeros(0), 0.0,
        Counter())
    arm = Arm(np.array(HOME), tool_pose, 0.1)
    return with_found_actions(recording, arm, BagConfig(), PushAction())


def test_a_way_low_over_the_table_is_an_action() -> None:
    recording, dropped = found(PUSH)
    action = PushAction().from_poses(recording.actions[0])
    assert not dropped and recording.action_stamps[0] == pytest.approx(1.0, abs=0.1)
    np.testing.assert_allclose(action[:3], [0.4, 0.1, np.arctan2(0.1, 0.2)], atol=2e-3)
    assert action[3] == pytest.approx(np.hypot(0.1, 0.2), abs=2e-3)


def test_two_rests_hold_two_actions() -> None:
    recording, dropped = found((*PUSH, HOME, *PUSH[1:]))
    assert len(recording.actions) == 2 and not dropped


@pytest.mark.parametrize('way, reason', [
    ((HOME, (0.4, 0.1, 0.2), (0.6, 0.1, 0.2), HOME), HIGH),
    ((*PUSH[:-1], (0.6, 0.2, 0.01), (0.5, 0.2, 0.01), *PUSH[-2:]), SEVERAL),
    ((*PUSH[:3], (0.6, 0.4, 0.01), *PUSH[3:]), BENT),
    ((*PUSH[:3], (0.4, 0.1, 0.2), HOME), UNKNOWN),
])
def test_other_ways_are_counted_by_reason(way: Way, reason: str) -> None:
    recording, dropped = found(way)
    assert not recording.actions and dropped == {reason: 1}
