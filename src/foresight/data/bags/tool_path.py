"""Actions that nobody tells, found by the way of the tool: low over the table, between rests."""

from collections import Counter
from dataclasses import replace

import numpy as np
from jaxtyping import Float

from foresight.data.bags.actions import Arm, BagConfig, at_rest
from foresight.data.bags.recording import Joints, Recording
from foresight.errors import RobotError
from foresight.macro_action import MacroAction

HIGH = 'the tool stayed above the table'
SEVERAL = 'the tool went down more than once'
BENT = 'the tool did not go straight'
UNKNOWN = 'no action of this kind is so long'
LEVEL = 0.012  # a tool that goes along the table does not rise further over its lowest [m]
SLACK = 0.02  # an action that was measured may be so much shorter or longer [m]
Poses = Float[np.ndarray, 'pose 4 4']


def with_found_actions(
    recording: Recording, arm: Arm, config: BagConfig, action: MacroAction,
) -> tuple[Recording, Counter[str]]:
    """Find one action in each way of the arm out of rest and back, if it is one.

    The tool comes down once, goes straight along the table and up again: where it comes down is
    the start, where it goes up the end. What the arm did else is counted by reason.
    """
    joints, dropped = recording.joints, Counter[str]()
    if joints is None:
        return recording, dropped
    stamps, found = [], []
    for first, last in _ways(joints, arm):
        outcome = _action(joints, slice(first, last), arm, config, action)
        if isinstance(outcome, str):
            dropped[outcome] += 1
        else:
            stamps.append(float(joints.stamps[first]))
            found.append(outcome)
    return replace(recording, action_stamps=np.array(stamps), actions=tuple(found),
                   kind=action.kind), dropped


def _ways(joints: Joints, arm: Arm) -> list[tuple[int, int]]:
    """Return first and last joint state of each way out of rest and back."""
    away = np.concatenate([[False], ~at_rest(joints, arm.retract), [False]])
    changes = np.flatnonzero(np.diff(away.astype(np.int8)))
    return [(int(first), int(last)) for first, last in changes.reshape(-1, 2)
            if first > 0 and last < len(joints.stamps)]


def _action(joints: Joints, rows: slice, arm: Arm, config: BagConfig,
            action: MacroAction) -> Poses | str:
    """Return the tool poses that tell the action of one way, or why there is none."""
    tool = np.array([arm.tool_pose(each) for each in joints.positions[rows]])
    height = tool[:, 2, 3]
    if height.min() > config.low:
        return HIGH
    low = np.flatnonzero(height < height.min() + LEVEL)
    between = height[low[0]:low[-1] + 1]
    if between.max() > config.low:
        return SEVERAL
    start, end = tool[low[0]], tool[low[-1]]
    along = end[:2, 3] - start[:2, 3]
    length = float(np.hypot(*along))
    if length < SLACK:
        return UNKNOWN
    across = (tool[low, :2, 3] - start[:2, 3]) @ np.array([-along[1], along[0]]) / length
    if np.abs(across).max() > config.reach:
        return BENT
    poses = np.stack([start, end])
    return poses if _is_known(poses, action) else UNKNOWN


def _is_known(poses: Poses, action: MacroAction) -> bool:
    """Tell whether an action may be of these numbers."""
    try:
        values = action.from_poses(poses)
    except RobotError:
        return False
    return all(number.low - SLACK <= value <= number.high + SLACK
               for number, value in zip(action.numbers, values, strict=True))
