"""Bags in a folder as training data, read once and kept beside them."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import UInt8

from foresight.data.bags.actions import Arm, BagActions, BagConfig, find_actions
from foresight.data.bags.folder import find_bags, listing
from foresight.data.bags.reader import USUAL_CAMERA, Recording, read_bag
from foresight.data.bags.storage import EMPTY
from foresight.data.camera import LensConfig
from foresight.data.transitions import Transitions, load_transitions, save_transitions
from foresight.errors import DatasetError, ObservationError
from foresight.files import sha256, write_atomically
from foresight.macro_action import MacroAction
from foresight.reading import read_json
from foresight.robots.arm import ArmModel
from foresight.robots.robot_file import RobotConfig
from foresight.settings import SceneConfig
from foresight.world_model.encoder import EncoderConfig
from foresight.world_model.observation.eye import see_levels
from foresight.world_model.observation.perception import load_background
from foresight.world_model.observation.rectification import Rectifier
from foresight.world_model.scene_map import draw_scene

LISTING = 'bags.json'
LONGEST = 10  # actions of an episode


@dataclass(frozen=True)
class BagSummary:
    """What one bag holds: what can be used of it, and how much cannot, by reason.

    Clips are stretches of video without a gap; `remarks` say what to do better next time.
    """

    bag: str
    seconds: float
    images: int
    actions: int
    dropped: Counter[str]
    left_out: Counter[str]
    clips: int
    clip_seconds: float
    remarks: tuple[str, ...] = ()


class BagImport:
    """Reads bags with one arm and one rectified view."""

    def __init__(self, scene: SceneConfig, encoder: EncoderConfig, robot: RobotConfig,
                 config: BagConfig, action: MacroAction, background: Path | None = None,
                 camera: LensConfig = USUAL_CAMERA) -> None:
        """Load the arm, and the file of the empty table (`background`) for bags that lack it.

        Raises:
            ObservationError: If that file is damaged.
        """
        arm, self.scene = ArmModel.load(robot.robot, scene.stand), scene
        self._rectifier, self._names = Rectifier(scene, encoder), arm.joint_names
        self._config, self._action, self._camera = config, action, camera
        self._table_from_base = arm.table_from_base
        self._arm = Arm(arm.retract, arm.tool_pose, robot.view_delay)
        self._given = self._empty_table(background) if background else None

    def read(self, folder: Path) -> list[BagActions]:
        """Find the actions of every bag in a folder and below.

        Raises:
            DatasetError: If there is none, or one cannot be used; the message names it.
        """
        bags = find_bags(folder)
        if not bags:
            raise DatasetError(f'{folder} holds neither episodes nor bags')
        return [self._actions_of(bag) for bag in bags]

    def summary(self, bag: BagActions) -> BagSummary:
        """Say what one bag holds."""
        recording = bag.recording
        clips = stretches(recording, self._config.gap)
        return BagSummary(
            str(recording.name), recording.seconds, len(recording.stamps), len(bag.actions),
            bag.dropped, recording.left_out, len(clips), sum(clips),
            tuple(remarks(recording, self._config)),
        )

    def _actions_of(self, bag: Path) -> BagActions:
        """Find the actions of one bag."""
        recording = read_bag(
            bag, self._rectifier.rectify, self._names, self._table_from_base, self._camera)
        recording = with_empty(recording, self._given)
        return find_actions(recording, self._arm, self._config, self._action)

    def _empty_table(self, path: Path) -> UInt8[np.ndarray, 'row col 3']:
        """Read and rectify the empty table that `perception` kept."""
        if not path.is_file():
            raise ObservationError(f'{path} is missing: give --background a file of `perception`')
        empty = load_background(path)
        return self._rectifier.rectify(empty.image, empty.view)


def kept_transitions(folder: Path, action: MacroAction, encoder: EncoderConfig) -> Transitions:
    """Return the actions of the bags in a folder, as they were imported, or import them now.

    Raises:
        DatasetError: If a bag cannot be used, or none has an action.
    """
    cache = cache_of(folder, encoder)
    if (cache / 'digest.json').exists() and _listed(cache / LISTING) == listing(folder):
        return load_transitions(cache)
    bags = BagImport(action.scene, encoder, RobotConfig(), BagConfig(), action)
    keep(to_transitions(bags.read(folder), action.scene, encoder.grid), folder, encoder)
    return load_transitions(cache)


def _listed(path: Path) -> Any:
    """Read what the bags were when they were imported; None if nobody knows."""
    try:
        return read_json(path)
    except (OSError, ValueError):
        return None


def import_folder(reader: BagImport, folder: Path, encoder: EncoderConfig) -> list[BagSummary]:
    """Read every bag of a folder, keep its actions beside them and say what each bag holds.

    Raises:
        DatasetError: If there is no bag, or one cannot be used; nothing is kept then.
    """
    found = reader.read(folder)
    summaries = [reader.summary(bag) for bag in found]
    if any(item.actions for item in summaries):
        keep(to_transitions(found, reader.scene, encoder.grid), folder, encoder)
    return summaries


def keep(transitions: Transitions, folder: Path, encoder: EncoderConfig) -> None:
    """Keep what was imported beside the bags, with the list of what they were."""
    cache = cache_of(folder, encoder)
    (cache / LISTING).unlink(missing_ok=True)
    save_transitions(transitions, cache)
    write_atomically(cache / LISTING, json.dumps(listing(folder)) + '\n')


def cache_of(folder: Path, encoder: EncoderConfig) -> Path:
    """Return where the actions of the bags in a folder are kept."""
    return folder / f'seen_{encoder.rows}x{encoder.columns}x{encoder.stride}_bags'


def totals(summaries: Sequence[BagSummary]) -> dict[str, Any]:
    """Add up some bags."""
    dropped: Counter[str] = sum((item.dropped for item in summaries), Counter())
    left_out: Counter[str] = sum((item.left_out for item in summaries), Counter())
    return {
        'bags': len(summaries), 'actions': sum(item.actions for item in summaries),
        'dropped': dict(dropped), 'images': sum(item.images for item in summaries),
        'left_out': dict(left_out), 'clips': sum(item.clips for item in summaries),
        'hours_of_video': round(sum(item.clip_seconds for item in summaries) / 3600.0, 4),
        'robot_hours': round(sum(item.seconds for item in summaries) / 3600.0, 4),
    }


def with_empty(recording: Recording, given: UInt8[np.ndarray, 'row col 3'] | None) -> Recording:
    """Return a recording that has an empty table: its own, or else the one given.

    Raises:
        DatasetError: If there is none.
    """
    if recording.empties:
        return recording
    if given is None:
        raise DatasetError(
            f'{recording.name} lacks the topic {EMPTY}: without the empty table nothing stands '
            'out; record it too, or give the file of `perception` by --background'
        )
    return replace(recording, empties=(given,))


def to_transitions(
    bags: Sequence[BagActions], scene: SceneConfig, grid: tuple[int, int],
) -> Transitions:
    """Put the actions of some bags together, as those of collected play; they have no labels.

    Actions of one bag, camera and empty table are one episode, a new one every `LONGEST` actions,
    so that some episodes can be held out; where the image after an action is the one before the
    next, it is kept once.

    Raises:
        DatasetError: If no bag has an action.
    """
    stills: list[np.ndarray] = []
    backgrounds: list[np.ndarray] = []
    rows: list[tuple[int, int, np.ndarray]] = []
    for bag in bags:
        recording, view, empty, last, length = bag.recording, None, -1, -1, 0
        for action in bag.actions:
            place = action.before
            same = recording.views[place] is view and recording.empty[place] == empty
            if not same or length == LONGEST:
                view, empty, last, length = recording.views[place], recording.empty[place], -1, 0
                backgrounds.append(recording.empties[empty])
            length += 1
            if action.before != last:
                stills.append(see_levels(recording.images[action.before], backgrounds[-1]))
            rows.append((len(stills) - 1, len(backgrounds) - 1, action.action))
            stills.append(see_levels(recording.images[action.after], backgrounds[-1]))
            last = action.after
    if not rows:
        raise DatasetError(
            'no bag has an action that was carried out and seen from both sides; `foresight '
            'data import` says why'
        )
    before, episode, actions = zip(*rows, strict=True)
    return Transitions(
        stills=np.stack(stills), before_index=np.array(before), backgrounds=np.stack(backgrounds),
        episode=np.array(episode), actions=np.stack(actions).astype(np.float32),
        aimed=np.zeros(len(rows), np.int8), objects=np.zeros((len(stills), 0, 3), np.float32),
        scene_maps=np.repeat(draw_scene(scene, grid).numpy()[None], len(backgrounds), axis=0),
        kind=bags[0].recording.kind,
        digest=sha256(np.stack(stills).tobytes(), np.stack(actions).tobytes()),
    )


def stretches(recording: Recording, gap: float) -> list[float]:
    """Return the time of every stretch of images of one camera and one empty table [s].

    A time longer than `gap` [s] without an image ends a stretch.
    """
    steps = np.diff(recording.stamps)
    changed = [
        recording.views[place] is not recording.views[place - 1]
        or recording.empty[place] != recording.empty[place - 1]
        for place in range(1, len(recording.stamps))
    ]
    ends = np.flatnonzero((steps > gap) | (steps <= 0.0) | np.array(changed, bool)) + 1
    parts = np.split(recording.stamps, ends)
    return [float(part[-1] - part[0]) for part in parts if len(part) > 1]


def remarks(recording: Recording, config: BagConfig) -> Iterator[str]:
    """Say what is wrong with the stamps of a bag as a whole."""
    if len(recording.stamps) > 1:
        usual = float(np.median(np.diff(recording.stamps)))
        if usual > config.gap:
            yield (f'images come slower than gap ({usual:.2f} s > {config.gap:.2f} s): nothing to '
                   'watch; raise the rate of the camera, or --gap')
    if abs(recording.lag) > config.apart:
        than = 'older' if recording.lag > 0.0 else 'newer'
        yield (f'image stamps are {abs(recording.lag):.2f} s {than} than those of the joint '
               'states recorded with them: set the clocks of camera and robot alike')
