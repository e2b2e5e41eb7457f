"""Actions in a bag: each with the free view before and after it, judged by its stamps."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from jaxtyping import Bool, Float

from foresight.data.bags.contract import ACTION, JOINTS
from foresight.data.bags.recording import Joints, Recording
from foresight.data.bags.sight import BROKEN
from foresight.data.bags.stills import Still, stills
from foresight.data.bags.storage import OpenBag
from foresight.data.episodes import Rectify
from foresight.errors import DatasetError, RobotError
from foresight.macro_action import MacroAction
from foresight.robots.retract_monitor import REACHED, STILL
from foresight.settings import Checked, setting


@dataclass(frozen=True)
class BagConfig(Checked):
    """Bags as training data: what counts as seen without a break, and as an action."""

    gap: float = setting(0.25, 'so long without image or joint state is a break', 's', 0.02, 10.0)
    wait: float = setting(3.0, 'free view at most this long before and after', 's', 0.1, 60.0)
    rest: float = setting(0.5, 'what moved rests so long after the arm came back', 's', 0.0, 10.0)
    apart: float = setting(
        0.25, 'stamps of images and joint states differ no more', 's', 0.01, 10.0)
    reach: float = setting(0.03, 'the tool passes start and end this near', 'm', 0.001, 0.2)
    low: float = setting(
        0.05, 'where nobody tells the actions: a tool lower than this is at work', 'm', 0.0, 0.3)


ToolPose = Callable[[Float[np.ndarray, ' joint']], Float[np.ndarray, '4 4']]

NEVER = 'the arm did not move'
STOPPED = 'an e-stop came'
BLIND = 'joint states are missing'
NOT_DONE = 'the tool did not pass start and end'
NO_BEFORE = 'no free view before'
NO_AFTER = 'no free view after'
APART = 'the clocks of camera and robot are apart'
OTHER_SCENE = 'another camera or empty table after'


@dataclass(frozen=True)
class Arm:
    """What must be known of an arm to tell an action from other motion.

    Attributes:
        retract: Retract pose, out of the view [rad].
        tool_pose: Returns `base_from_tool` at joint positions [rad].
        delay: The view counts as free this long after the arm came to rest at `retract` [s].
    """

    retract: Float[np.ndarray, ' joint']
    tool_pose: ToolPose
    delay: float


@dataclass(frozen=True)
class ActionImages:
    """An action, and the places in `Recording.images` of the images before and after it."""

    before: int
    after: int
    action: Float[np.ndarray, ' action']


@dataclass(frozen=True)
class BagActions:
    """The actions of one bag, and how many others were `dropped`, by reason.

    `stills` are the rectified images before and after them by their places, once they are read.
    """

    recording: Recording
    actions: tuple[ActionImages, ...]
    dropped: Counter[str]
    stills: Mapping[int, Still] = field(default_factory=dict)


def find_actions(recording: Recording, arm: Arm, config: BagConfig,
                 action: MacroAction) -> BagActions:
    """Find the actions of a bag that were carried out and seen from both sides.

    Raises:
        DatasetError: If the bag has actions but no joint states to tell when the view is free, or
            they are of another kind.
    """
    dropped: Counter[str] = Counter()
    if not len(recording.actions):
        return BagActions(recording, (), dropped)
    if recording.joints is None:
        raise DatasetError(
            f'{recording.name} has {ACTION} but lacks {JOINTS}: when the view is free is not '
            'known; record it too'
        )
    if recording.kind != action.kind:
        raise DatasetError(
            f'{recording.name} holds {recording.kind!r}, not {action.kind!r}: import it for a '
            f'checkpoint of {recording.kind!r}, or leave it out'
        )
    if abs(recording.lag) > config.apart:
        dropped[APART] = len(recording.actions)
        return BagActions(recording, (), dropped)
    search = _Search(recording, recording.joints, arm, config, action)
    ends = [*recording.action_stamps[1:], np.inf]
    found = []
    for start, end, poses in zip(recording.action_stamps, ends, recording.actions, strict=True):
        outcome = search(float(start), float(end), poses)
        if isinstance(outcome, str):
            dropped[outcome] += 1
        else:
            found.append(outcome)
    return BagActions(recording, tuple(found), dropped)


def with_stills(bag: OpenBag, found: BagActions, rectify: Rectify) -> BagActions:
    """Read the images of the actions; an action with one that is damaged is dropped.

    What only finding them needed is let go.
    """
    places = {place for each in found.actions for place in (each.before, each.after)}
    seen = stills(bag, found.recording, places, rectify)
    whole = tuple(each for each in found.actions if {each.before, each.after} <= seen.keys())
    lost = Counter({BROKEN: len(found.actions) - len(whole)})
    return BagActions(replace(found.recording, joints=None), whole, found.dropped + lost, seen)


class _Search:
    """Looks for the images around one action."""

    def __init__(self, bag: Recording, joints: Joints, arm: Arm, config: BagConfig,
                 action: MacroAction) -> None:
        self._bag, self._joints, self._arm, self._config = bag, joints, arm, config
        self._action = action
        self._away = joints.stamps[~at_rest(joints, arm.retract)]
        self._free = free_view(joints, bag.stamps, arm.retract, arm.delay)

    def __call__(self, start: float, end: float,
                 poses: Float[np.ndarray, 'pose 4 4']) -> ActionImages | str:
        """Return the action chosen at `start` [s], before the next at `end`, or what is wrong."""
        moving = self._away[(self._away >= start) & (self._away < end)]
        if not len(moving):
            return NEVER
        leaves, config = float(moving[0]), self._config
        # The arm is back at the first rest after which a free view follows.
        back = self._free & (self._bag.stamps > leaves)
        if not back.any():
            return NO_AFTER
        first = float(self._bag.stamps[back.argmax()])
        later = self._away[self._away > first]
        again = float(later[0]) if len(later) else np.inf
        returned = float(self._away[self._away < first][-1])
        before = self._last_free(leaves - config.wait, leaves)
        after = self._last_free(returned + config.rest, min(again, returned + config.wait))
        if before is None:
            return NO_BEFORE
        if after is None:
            return NO_AFTER
        if (wrong := self._wrong(before, after, leaves, returned, poses)) is not None:
            return wrong
        try:
            numbers = self._action.from_poses(poses)
        except RobotError as error:
            raise DatasetError(f'{self._bag.name}: {ACTION}: {error}') from error
        return ActionImages(before, after, numbers.astype(np.float32))

    def _last_free(self, low: float, high: float) -> int | None:
        """Return the last image of the free view between two times."""
        stamps = self._bag.stamps
        places = np.flatnonzero(self._free & (stamps >= low) & (stamps <= high))
        return int(places[-1]) if len(places) else None

    def _wrong(self, before: int, after: int, leaves: float, returned: float,
               poses: Float[np.ndarray, 'pose 4 4']) -> str | None:
        """Say why what happened between two images is not this action; None if it is."""
        bag, stamps = self._bag, self._joints.stamps
        first, last = bag.stamps[before], bag.stamps[after]
        if ((bag.stopped >= first) & (bag.stopped <= last)).any():
            return STOPPED
        if bag.empty[before] != bag.empty[after] or bag.views[before] is not bag.views[after]:
            return OTHER_SCENE
        during = stamps[(stamps >= first - self._config.gap) & (stamps <= last)]
        if len(during) < 2 or np.diff(during).max() > self._config.gap:
            return BLIND
        rows = (stamps >= leaves) & (stamps <= returned)
        tool = np.array([self._arm.tool_pose(q)[:2, 3] for q in self._joints.positions[rows]])
        nearest = np.linalg.norm(tool[:, None] - poses[:, :2, 3], axis=2).min(axis=0)
        return NOT_DONE if nearest.max() > self._config.reach else None


def at_rest(joints: Joints, retract: Float[np.ndarray, ' joint']) -> Bool[np.ndarray, ' state']:
    """Return where the arm is still at its retract pose [rad]."""
    there = np.abs(joints.positions - retract).max(axis=1) < REACHED
    return np.asarray(there & (np.abs(joints.velocities).max(axis=1) < STILL))


def free_view(joints: Joints, stamps: Float[np.ndarray, ' image'],
              retract: Float[np.ndarray, ' joint'], delay: float) -> Bool[np.ndarray, ' image']:
    """Return which images were taken `delay` s after the arm came to rest at its retract pose."""
    away = np.concatenate([[-np.inf, joints.stamps[0]], joints.stamps[~at_rest(joints, retract)]])
    away = np.unique(away)  # what was before the first joint state is unknown
    since = away[np.searchsorted(away, stamps, side='right') - 1]
    newest = np.searchsorted(joints.stamps, stamps, side='right') - 1
    known = (newest >= 0) & (stamps - joints.stamps[np.maximum(newest, 0)] <= delay)
    return np.asarray(known & (stamps - since >= delay))
