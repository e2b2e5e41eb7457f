"""Replay: new and old actions side by side in each step, against forgetting."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Int

from foresight.data.transitions import Transitions
from foresight.errors import DatasetError


@dataclass(frozen=True)
class Mixture:
    """Draws so many rows of each part of joined transitions for every step.

    Each part goes round by itself, in another order each time, however few actions it has.

    Attributes:
        counts: Actions of each part, one part after another.
        sizes: Actions that a step takes of each.
        seed: Decides the order, together with the step.
    """

    counts: tuple[int, ...]
    sizes: tuple[int, ...]
    seed: int

    def __post_init__(self) -> None:
        """Refuse a part without actions.

        Raises:
            DatasetError: If there is one.
        """
        if not all(self.counts):
            raise DatasetError(
                'no action is left to learn from beside what is held out: record more tables'
            )

    def __call__(self, step: int) -> Int[np.ndarray, ' batch']:
        """Return the rows of a step."""
        firsts = np.cumsum((0, *self.counts))
        return np.concatenate([
            first + self._round(part, count, np.arange(step * size, (step + 1) * size))
            for part, (first, count, size) in enumerate(zip(firsts, self.counts, self.sizes))
        ])

    def _round(
        self, part: int, count: int, places: Int[np.ndarray, ' place'],
    ) -> Int[np.ndarray, ' place']:
        """Return what stands at places of an endless row of permutations."""
        rounds, place = np.divmod(places, count)
        found = np.empty_like(places)
        for number in np.unique(rounds):
            order = np.random.default_rng((self.seed, part, int(number))).permutation(count)
            found[rounds == number] = order[place[rounds == number]]
        return found


def mixture_of(new: int, old: int, batch: int, share: float, seed: int) -> Mixture:
    """Mix new and old actions by the share of the old ones; without these there is no share."""
    if not old:
        return Mixture((new,), (batch,), seed)
    replayed = min(batch - 1, round(share * batch))
    if not replayed:
        return Mixture((new, old), (batch, 0), seed)
    return Mixture((new, old), (batch - replayed, replayed), seed)


def alike(parts: Sequence[Transitions]) -> list[Transitions]:
    """Give all the room for labels of the one that has most; what nobody knows is not a number."""
    most = max(part.objects.shape[1] for part in parts)
    return [_with_room(part, most) for part in parts]


def _with_room(part: Transitions, most: int) -> Transitions:
    """Return transitions with room for the labels of so many objects."""
    images, known = part.objects.shape[:2]
    if known == most:
        return part
    fill = 0.0 if known else np.nan  # Status 0 is no object; without labels nobody knows.
    objects = np.full((images, most, 3), fill, np.float32)
    objects[:, :known] = part.objects
    return replace(part, objects=objects)
