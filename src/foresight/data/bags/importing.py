"""Bags in a folder as training data, read once and kept beside them."""

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import UInt8

from foresight.data.bags.actions import (
    Arm,
    BagActions,
    BagConfig,
    find_actions,
    free_view,
    with_stills,
)
from foresight.data.bags.cameras import Links
from foresight.data.bags.contract import OURS, Contract
from foresight.data.bags.folder import find_bags, listing
from foresight.data.bags.motion import believe
from foresight.data.bags.reader import USUAL_CAMERA, read_open_bag
from foresight.data.bags.recording import Recording
from foresight.data.bags.stills import stills
from foresight.data.bags.storage import OpenBag, open_bag
from foresight.data.bags.summary import BagSummary, summarise
from foresight.data.bags.tool_path import with_found_actions
from foresight.data.bags.training import to_transitions, with_empty
from foresight.data.camera import LensConfig
from foresight.data.transitions import Transitions, load_transitions, save_transitions
from foresight.errors import DatasetError, ObservationError
from foresight.files import write_atomically
from foresight.macro_action import MacroAction
from foresight.reading import read_json
from foresight.robots.arm import ArmModel
from foresight.robots.robot_file import RobotConfig, prefixed
from foresight.settings import SceneConfig
from foresight.world_model.encoder import EncoderConfig
from foresight.world_model.observation.perception import load_background
from foresight.world_model.observation.rectification import Rectifier

LISTING = 'bags.json'


class BagImport:
    """Reads bags with one arm and one rectified view.

    Attributes:
        model: The arm.
        scene: Its table.
        contract: How the bags call things.
        config: What counts as an action.
    """

    def __init__(self, scene: SceneConfig, encoder: EncoderConfig, robot: RobotConfig,
                 config: BagConfig, action: MacroAction, background: Path | None = None,
                 camera: LensConfig = USUAL_CAMERA, contract: Contract = OURS) -> None:
        """Load the arm, and the file of the empty table (`background`) for bags that lack it.

        Raises:
            ObservationError: If that file is damaged.
        """
        arm = self.model = ArmModel.load(robot.robot, scene.stand)
        self.scene = scene
        self._rectifier, self.contract = Rectifier(scene, encoder), contract
        prefix = contract.joint_prefix or robot.joint_prefix
        self._names = prefixed(arm.joint_names, prefix)
        self.config, self._action, self._camera = config, action, camera
        self._table_from_base, base = arm.table_from_base, np.linalg.inv(arm.table_from_base)
        self._links = Links(arm.links, lambda link, joints: base @ arm.flange_pose(link, joints))
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
        return summarise(bag, self.config)

    def _actions_of(self, path: Path) -> BagActions:
        """Find the actions of one bag."""
        with open_bag(path, self.contract) as bag:
            return self.actions(bag, self.recording(bag))

    def recording(self, bag: OpenBag) -> Recording:
        """Read all of an open bag but its pixels.

        Raises:
            DatasetError: If it cannot be used.
        """
        found = read_open_bag(bag, self._rectifier.rectify, self._names, self._table_from_base,
                              self._camera, self._links)
        return believe(bag, found, self.config.apart)

    def actions(self, bag: OpenBag, recording: Recording) -> BagActions:
        """Find the actions of an open bag, with their images.

        Raises:
            DatasetError: If it lacks joint states or the empty table, or they are of another kind.
        """
        recording = with_empty(self._with_first(bag, recording), self._given)
        others: Counter[str] = Counter()
        if not self.contract.action:
            recording, others = with_found_actions(
                recording, self._arm, self.config, self._action)
        found = find_actions(recording, self._arm, self.config, self._action)
        found = with_stills(bag, found, self._rectifier.rectify)
        return replace(found, dropped=found.dropped + others)

    def _with_first(self, bag: OpenBag, recording: Recording) -> Recording:
        """Return a recording with the image that the contract says is of the empty table."""
        if recording.empties or self.contract.empty_at < 0.0 or self._given is not None:
            return recording
        after = recording.stamps >= recording.stamps[0] + self.contract.empty_at
        if recording.joints is not None:
            after &= free_view(
                recording.joints, recording.stamps, self._arm.retract, self._arm.delay)
        if not after.any():
            raise DatasetError(f'{recording.name}: no free view of the table at empty_at and '
                               'after: say another time, or give the table by --background')
        place = int(after.argmax())
        return replace(recording, empties=tuple(
            stills(bag, recording, [place], self._rectifier.rectify).values()))

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
