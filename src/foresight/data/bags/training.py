"""The actions of bags as transitions, which is what training reads."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from jaxtyping import UInt8

from foresight.data.bags.actions import BagActions
from foresight.data.bags.contract import EMPTY
from foresight.data.bags.recording import Recording
from foresight.data.transitions import Transitions
from foresight.errors import DatasetError
from foresight.files import sha256
from foresight.settings import SceneConfig
from foresight.world_model.observation.eye import see_levels
from foresight.world_model.scene_map import draw_scene

LONGEST = 10  # actions of an episode


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
                backgrounds.append(_of_size(
                    recording.empties[empty], bag.stills[place].shape, recording.name))
            length += 1
            if action.before != last:
                stills.append(see_levels(bag.stills[action.before], backgrounds[-1]))
            rows.append((len(stills) - 1, len(backgrounds) - 1, action.action))
            stills.append(see_levels(bag.stills[action.after], backgrounds[-1]))
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


def _of_size(empty: np.ndarray, shape: tuple[int, ...], name: Path) -> np.ndarray:
    """Return an empty table that is of the size of the images.

    Raises:
        DatasetError: If it is of another one.
    """
    if empty.shape != shape:
        raise DatasetError(
            f'{name}: {EMPTY} is {empty.shape[1]} x {empty.shape[0]}, this world model needs '
            f'{shape[1]} x {shape[0]}: give the empty table by --background'
        )
    return empty
