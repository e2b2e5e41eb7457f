"""Repeated pushes: what became of the same push, done again where only the unseen differs."""

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from jaxtyping import Float, Int, UInt8


@dataclass(frozen=True)
class RepeatedPush:
    """One state, one push and its outcomes.

    Attributes:
        seed: Seed of the episode.
        before: Rectified image before the push.
        background: Rectified empty table.
        push: Macro-action as its numbers.
        status: Status code of each object before the push.
        after: Rectified image after each repetition.
        positions: Where each object came to rest in each repetition [m].
        statuses: Status code of each object in each repetition.
    """

    seed: int
    before: UInt8[np.ndarray, 'row column 3']
    background: UInt8[np.ndarray, 'row column 3']
    push: Float[np.ndarray, ' number']
    status: Int[np.ndarray, ' object']
    after: UInt8[np.ndarray, 'repeat row column 3']
    positions: Float[np.ndarray, 'repeat object 3']
    statuses: Int[np.ndarray, 'repeat object']


@dataclass(frozen=True)
class RepeatedPushes:
    """Many repeated pushes, each as often and with as many objects.

    Attributes:
        seed: Seed of the episode of each state.
        before: Rectified image of each state.
        background: Its rectified empty table.
        push: Macro-action done in it as its numbers.
        status: Status code of each object before the push.
        after: Rectified image after each repetition.
        positions: Where each object came to rest [m].
        statuses: Status code of each object.
    """

    seed: Int[np.ndarray, ' state']
    before: UInt8[np.ndarray, 'state row column 3']
    background: UInt8[np.ndarray, 'state row column 3']
    push: Float[np.ndarray, 'state number']
    status: Int[np.ndarray, 'state object']
    after: UInt8[np.ndarray, 'state repeat row column 3']
    positions: Float[np.ndarray, 'state repeat object 3']
    statuses: Int[np.ndarray, 'state repeat object']

    def __len__(self) -> int:
        """Return the number of states."""
        return len(self.seed)

    @property
    def repeats(self) -> int:
        """How often each push was done."""
        return int(self.after.shape[1])


def stack(pushes: Sequence[RepeatedPush]) -> RepeatedPushes:
    """Put repeated pushes together."""
    return RepeatedPushes(**{
        item.name: np.stack([getattr(push, item.name) for push in pushes])
        for item in fields(RepeatedPush)
    })
