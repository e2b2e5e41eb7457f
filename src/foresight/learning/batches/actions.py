"""Batches: rows of the transitions in an order that depends only on seed and step."""

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, Int, UInt8
from torch import Tensor

from foresight.data.transitions import Transitions
from foresight.errors import DatasetError
from foresight.protocols import Actions


@dataclass(frozen=True)
class Batch:
    """Some actions as tensors.

    Labels are row, column [px] and status of each object before and after the action.
    """

    before: UInt8[Tensor, 'batch row column 3']
    after: UInt8[Tensor, 'batch row column 3']
    background: UInt8[Tensor, 'batch row column 3']
    episode: Int[Tensor, ' batch']
    actions: Actions
    objects_before: Float[Tensor, 'batch object 3']
    objects_after: Float[Tensor, 'batch object 3']
    scene_map: Float[Tensor, 'batch 2 height width']


def take(transitions: Transitions, rows: Int[np.ndarray, ' batch'], device: torch.device) -> Batch:
    """Copy some actions to the device."""
    stills, objects = transitions.stills, transitions.objects
    before, episode = transitions.before_index[rows], np.asarray(transitions.episode[rows])
    return Batch(*(torch.from_numpy(np.ascontiguousarray(item)).to(device) for item in (
        stills[before], stills[before + 1], transitions.backgrounds[episode], episode,
        transitions.actions[rows], objects[before], objects[before + 1],
        transitions.scene_maps[episode],
    )))


def rows_of_step(count: int, batch: int, seed: int, step: int) -> Int[np.ndarray, ' batch']:
    """Return the rows of one step: every epoch is another permutation.

    The order is a function of its arguments, so a resumed run continues where the killed one
    stopped without storing a generator.

    Raises:
        DatasetError: If there are fewer actions than one batch.
    """
    steps = count // batch
    if steps == 0:
        raise DatasetError(f'{count} actions do not fill one batch of {batch}: collect more')
    epoch, place = divmod(step, steps)
    order = np.random.default_rng((seed, epoch)).permutation(count)
    return order[place * batch:(place + 1) * batch]


def split_episodes(transitions: Transitions, holdout: float) -> tuple[Transitions, Transitions]:
    """Keep whole episodes apart: (for training, held out)."""
    episodes = np.unique(transitions.episode)
    held = episodes[held_out(len(episodes), holdout)]
    kept = np.setdiff1d(episodes, held)
    return transitions.subset(kept.tolist()), transitions.subset(held.tolist())


def held_out(count: int, share: float) -> Int[np.ndarray, ' held']:
    """Return the places of the episodes to keep apart, spread over all `count`."""
    kept_apart = max(1, round(share * count)) if share > 0 else 0
    return np.linspace(0, count - 1, kept_apart).astype(int)


def first_actions(transitions: Transitions, count: int) -> Transitions:
    """Keep the first whole episodes that hold `count` actions; 0 keeps all.

    Raises:
        DatasetError: If there are fewer actions.
    """
    if count == 0:
        return transitions
    if count > len(transitions):
        raise DatasetError(
            f'actions = {count}: there are only {len(transitions)} to train on, collect more'
        )
    episodes, actions = np.unique(transitions.episode, return_counts=True)
    enough = int(np.searchsorted(actions.cumsum(), count)) + 1
    return transitions.subset(episodes[:enough].tolist())
