"""Sequences: the actions that followed one in its episode, for losses over several."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from foresight.data.transitions import Transitions
from foresight.learning.batches.actions import Batch, take
from foresight.protocols import Actions, Latents
from foresight.world_model.jepa import SceneMaps
from foresight.world_model.losses import Changed, prediction_loss

Predict = Callable[[Latents, Actions, SceneMaps], Latents]
"""Imagines the latents after each action, at the table of each."""


@dataclass(frozen=True)
class Later:
    """The action some places after each action of a batch, `known` where the episode went on.

    Where it did not, some action of the episode that does not count.
    """

    batch: Batch
    known: Bool[Tensor, ' batch']


def following(transitions: Transitions, rows: Int[np.ndarray, ' batch'], rollout: int,
              device: torch.device) -> tuple[Later, ...]:
    """Copy the actions after those of some rows to the device, for a rollout of so many."""
    place, episode, found = transitions.before_index, transitions.episode, list[Later]()
    for steps in range(1, rollout):
        ahead = np.minimum(rows + steps, len(transitions) - 1)
        known = (episode[ahead] == episode[rows]) & (place[ahead] - place[rows] == steps)
        batch = take(transitions, np.where(known, ahead, rows), device)
        found.append(Later(batch, torch.from_numpy(known).to(device)))
    return tuple(found)


def imagine(predict: Predict, first: Latents, later: tuple[Later, ...]) -> tuple[Latents, ...]:
    """Feed predictions back: imagine the latents after the first action and each later one."""
    imagined = [first]
    for step in later:
        imagined.append(predict(imagined[-1], step.batch.actions, step.batch.scene_map))
    return tuple(imagined)


def rollout_loss(imagined: tuple[Latents, ...], targets: tuple[Latents, ...],
                 changed: tuple[Changed, ...], later: tuple[Later, ...]) -> Float[Tensor, '']:
    """Average the prediction loss over the steps of a rollout.

    The cells count that an action or one before it `changed`.

    References:
        Assran et al., V-JEPA 2, arXiv:2506.09985, section 3.1 (rollout loss).
    """
    losses = [prediction_loss(imagined[0], targets[0], changed[0])]
    so_far = changed[0]
    for index, step in enumerate(later, start=1):
        so_far = so_far | changed[index]
        if bool(step.known.any()):
            losses.append(prediction_loss(
                imagined[index][step.known], targets[index][step.known], so_far[step.known],
            ))
    return torch.stack(losses).mean()
