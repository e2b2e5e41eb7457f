"""Repeated actions: what became of the same action, done again where only the unseen differs."""

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from jaxtyping import Float, Int, UInt8


@dataclass(frozen=True)
class RepeatedActions:
    """One action done again and again in one state, or many of them with a leading axis.

    Attributes:
        before: Rectified image before the action.
        status: Status code of each object before the action.
        after: Rectified image after each repetition.
        positions: Where each object came to rest in each repetition [m].
        statuses: Status code of each object in each repetition.
    """

    seed: Int[np.ndarray, '*state']
    before: UInt8[np.ndarray, '*state row column 3']
    background: UInt8[np.ndarray, '*state row column 3']
    action: Float[np.ndarray, '*state number']
    status: Int[np.ndarray, '*state object']
    after: UInt8[np.ndarray, '*state repeat row column 3']
    positions: Float[np.ndarray, '*state repeat object 3']
    statuses: Int[np.ndarray, '*state repeat object']

    def __len__(self) -> int:
        """Return the number of states."""
        return len(self.seed)

    @property
    def repeats(self) -> int:
        """How often each action was done."""
        return int(self.after.shape[1])


def stack(actions: Sequence[RepeatedActions]) -> RepeatedActions:
    """Put single actions together, each as often and with as many objects."""
    return RepeatedActions(**{
        item.name: np.stack([getattr(action, item.name) for action in actions])
        for item in fields(RepeatedActions)
    })
