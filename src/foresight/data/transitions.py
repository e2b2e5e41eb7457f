"""Transitions: the before and after of every action, rectified and cached for training."""

import hashlib
import json
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
from jaxtyping import Float, Int, UInt8

from foresight.arrays import LARGEST_CACHE, check_header, fitting
from foresight.data.episodes import WHOLE, Episode, Rectify, load_episode
from foresight.errors import DatasetError
from foresight.files import OLD_NAMES, sha256, write_atomically
from foresight.macro_action import ActionConfig
from foresight.protocols import CameraView
from foresight.reading import damaged, opened, read_json
from foresight.world_model.observation.eye import see_levels

Draw = Callable[[Episode], Float[np.ndarray, '2 height width']]
See = Callable[
    [UInt8[np.ndarray, 'row col 3'], UInt8[np.ndarray, 'row col 3']],
    UInt8[np.ndarray, 'row col 3'],
]
Project = Callable[[Float[np.ndarray, 'n 3'], CameraView], Float[np.ndarray, 'n 2']]
NOT_ROWS = ('before_index', 'episode', 'digest', 'kind')
"""Parts of transitions that do not simply follow one another when joined."""


@dataclass(frozen=True)
class Transitions:
    """Actions with the rectified stills on both sides.

    Attributes:
        stills: Rectified images of all episodes, one after another.
        before_index: Still before each action; the one after is the next still.
        backgrounds: Rectified empty table of each episode.
        episode: Episode of each action.
        actions: Numbers of the macro-actions.
        aimed: 1 where an action was aimed.
        objects: Row and column in the rectified image [px] and status (0 none, 1 table,
            2 floor, 3 bin) of each object at each still. Labels only; no objects = no labels.
        scene_maps: Table and bins of each episode on the latent grid.
        digest: Hash of the episodes.
        kind: Kind of the macro-actions.
    """

    stills: UInt8[np.ndarray, 'still row col 3']
    before_index: Int[np.ndarray, ' batch']
    backgrounds: UInt8[np.ndarray, 'episode row col 3']
    episode: Int[np.ndarray, ' batch']
    actions: Float[np.ndarray, 'batch number']
    aimed: Int[np.ndarray, ' batch']
    objects: Float[np.ndarray, 'still object 3']
    scene_maps: Float[np.ndarray, 'episode 2 height width']
    digest: str
    kind: str = ActionConfig().kind

    def __len__(self) -> int:
        """Return the number of actions."""
        return len(self.actions)

    @property
    def has_labels(self) -> bool:
        """Whether the true objects are known; those of a bag are not."""
        return bool(self.objects.shape[1])

    def subset(self, episodes: Sequence[int]) -> 'Transitions':
        """Keep only the actions of some episodes; the images are shared."""
        keep = np.isin(self.episode, np.asarray(episodes))
        values = {item.name: getattr(self, item.name) for item in fields(self)}
        for name in ('before_index', 'episode', 'actions', 'aimed'):
            values[name] = values[name][keep]
        return Transitions(**values)


def build_transitions(folder: Path, rectify: Rectify, project: Project, draw: Draw,
                      most_objects: int = 10, see: See = see_levels) -> Transitions:
    """Rectify every still of a dataset, and see it as perception does.

    An episode without an action is left out, and one whose physics broke down (a position is not
    a number).

    Args:
        folder: Episodes.
        rectify: Warps an image onto the table plane.
        project: Tells where a point appears in the rectified image.
        draw: Draws the scene of an episode on the latent grid.
        most_objects: Room for labels.
        see: Makes of a rectified image and that of the empty table what is learned from.

    Raises:
        DatasetError: If the folder holds no episode, or one is damaged.
    """
    paths = sorted(folder.glob('episode_*.npz'))
    if not paths:
        raise DatasetError(
            f'{folder} holds no episodes: run `foresight data collect --out {folder}`'
        )
    digest, parts, starts, first = hashlib.sha256(), [], [], 0
    kinds: set[str] = set()
    for path in paths:
        episode = load_episode(path)
        if not len(episode.actions) or not np.isfinite(episode.objects).all():
            continue
        kinds.add(episode.kind)
        digest.update(episode.actions.tobytes() + episode.stills.data.tobytes())
        with damaged(path, WHOLE[1], DatasetError):
            seen = _rectified(episode, rectify, project, most_objects, see)
            parts.append((*seen, draw(episode)))
        starts.append(first + np.arange(len(episode.actions)))
        first += len(episode.stills)
    if not parts:
        raise DatasetError(f'{folder}: no episode has finite positions: collect again')
    columns = list(zip(*parts, strict=True))
    return Transitions(
        stills=np.concatenate(columns[0]), before_index=np.concatenate(starts),
        backgrounds=np.stack(columns[1]),
        episode=np.repeat(np.arange(len(parts)), [len(part[2]) for part in parts]),
        actions=np.concatenate(columns[2]), aimed=np.concatenate(columns[3]).astype(np.int8),
        objects=np.concatenate(columns[4]), scene_maps=np.stack(columns[5]),
        digest=digest.hexdigest(), kind=_only(kinds),
    )


def join(parts: Sequence[Transitions]) -> Transitions:
    """Put datasets one after another; a single one stays as it is, mapped into memory or not.

    Raises:
        DatasetError: If their images differ in size, or only some have labels.
    """
    if len(parts) == 1:
        return parts[0]
    if len({
        (part.stills.shape[1:], part.objects.shape[1:], part.scene_maps.shape[1:])
        for part in parts
    }) > 1:
        raise DatasetError('datasets differ in image size or labels: train on them one by one')
    stills = np.cumsum([0, *(len(part.stills) for part in parts)])
    episodes = np.cumsum([0, *(len(part.backgrounds) for part in parts)])
    joined = {
        item.name: np.concatenate([getattr(part, item.name) for part in parts])
        for item in fields(Transitions) if item.name not in NOT_ROWS
    }
    return Transitions(
        **joined,
        before_index=np.concatenate([a.before_index + first for a, first in zip(parts, stills)]),
        episode=np.concatenate([a.episode + first for a, first in zip(parts, episodes)]),
        digest=joint_digest(parts), kind=_only({part.kind for part in parts}),
    )


def _only(kinds: set[str]) -> str:
    """Return the one kind of macro-action; several are refused."""
    if len(kinds) > 1:
        raise DatasetError(
            f'the episodes hold {", ".join(sorted(kinds))}: train on one macro-action at a time'
        )
    return next(iter(kinds))


def joint_digest(parts: Sequence[Transitions]) -> str:
    """Return the hash of several datasets; that of a single one is its own."""
    if len(parts) == 1:
        return parts[0].digest
    return sha256(*(part.digest.encode() for part in parts))


def save_transitions(transitions: Transitions, folder: Path) -> None:
    """Write one `.npy` an array, so that training can map them into memory."""
    folder.mkdir(parents=True, exist_ok=True)
    for item in fields(transitions):
        value = getattr(transitions, item.name)
        if isinstance(value, np.ndarray):
            np.save(folder / f'{item.name}.npy', value, allow_pickle=False)
    write_atomically(folder / 'digest.json', json.dumps(
        {'digest': transitions.digest, 'kind': transitions.kind}) + '\n')


def _file(folder: Path, name: str) -> Path:
    """Return the file of an array, which may bear an old name."""
    old = {new: before for before, new in OLD_NAMES.items()}.get(name, name)
    path = folder / f'{name}.npy'
    return path if path.exists() else folder / f'{old}.npy'


def load_transitions(folder: Path) -> Transitions:
    """Map cached transitions into memory.

    Raises:
        DatasetError: If the cache is missing or incomplete.
    """
    with damaged(folder, 'it is no complete cache, delete it and run again', DatasetError):
        arrays = {
            item.name: _mapped(_file(folder, item.name))
            for item in fields(Transitions) if item.name not in ('digest', 'kind')
        }
        known = {'kind': ActionConfig().kind} | read_json(folder / 'digest.json')
        found = Transitions(digest=str(known['digest']), kind=str(known['kind']), **arrays)
        _check_places(found)
        return fitting(found)


def _mapped(path: Path) -> np.ndarray:
    """Map an array into memory.

    Raises:
        ValueError: If it is not as large as its header says, or of other things than numbers.
    """
    with opened(path, LARGEST_CACHE) as file:
        check_header(file, os.fstat(file.fileno()).st_size)
    return np.asanyarray(np.load(path, mmap_mode='r', allow_pickle=False))


def _check_places(found: Transitions) -> None:
    """Refuse actions of images or episodes that are not there."""
    for places, count in ((found.before_index, len(found.stills) - 1),
                          (found.episode, len(found.backgrounds))):
        if len(places) and not (places.min() >= 0 and places.max() < count):
            raise ValueError('actions of images that are not there')


def _rectified(episode: Episode, rectify: Rectify, project: Project,
               most: int, see: See) -> tuple[np.ndarray, ...]:
    """Rectify the stills of one episode and project its labels."""
    background = rectify(episode.background, episode.view)
    stills = np.stack([
        see(rectify(episode.stills[index], episode.view), background)
        for index in range(len(episode.stills))
    ])
    count, objects = episode.objects.shape[:2]
    labels = np.zeros((count, most, 3), np.float32)
    pixels = project(episode.objects.reshape(-1, 3).astype(np.float64), episode.view)
    labels[:, :objects, :2] = pixels.reshape(count, objects, 2)
    labels[:, :objects, 2] = episode.statuses
    return stills, background, episode.actions, episode.aimed, labels
