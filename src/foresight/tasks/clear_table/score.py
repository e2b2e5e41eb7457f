"""What counts as cleared, dropped and a success, from the true places of the objects."""

import numpy as np
from jaxtyping import Bool, Float

from foresight.settings import SceneConfig
from foresight.tasks.scene_view import ObjectStates, Outcome, SuccessRule

TABLE, BIN, FLOOR = 'table', 'bin', 'floor'


def place(position: Float[np.ndarray, '3'], scene: SceneConfig) -> str:
    """Name the place of an object centre; what is above the table top is on the table."""
    x, y, z = position
    if z >= 0:
        return TABLE
    inside = any(
        zone.x[0] <= x <= zone.x[1] and zone.y[0] <= y <= zone.y[1] for zone in scene.zones
    )
    return BIN if inside else FLOOR


class InBin:
    """Every object in a bin."""

    name = 'in_bin'
    about = 'every object in the bin'

    def __init__(self, scene: SceneConfig) -> None:
        """Take any scene: each has a bin."""

    def __call__(self, objects: ObjectStates) -> Bool[np.ndarray, ' object']:
        """Tell what is in a bin."""
        return np.array([status == BIN for status in objects.status], bool)


CLEARED = InBin(SceneConfig())
"""What counts unless a task says otherwise."""


def score(states: ObjectStates, rule: SuccessRule = CLEARED) -> Outcome:
    """Count what is as the rule wants it, at rest, and what is dropped."""
    return _outcome(states, rule(states) & ~np.array(states.moving, bool))


def glance(states: ObjectStates, rule: SuccessRule = CLEARED) -> Outcome:
    """Count by place alone, whatever still moves."""
    return _outcome(states, rule(states))


def _outcome(states: ObjectStates, good: Bool[np.ndarray, ' object']) -> Outcome:
    """Complete the count."""
    count, cleared = len(states.names), int(good.sum())
    fallen = zip(states.status, good.tolist(), strict=True)
    dropped = sum(status == FLOOR and not fits for status, fits in fallen)
    return Outcome(cleared, dropped, count - cleared - dropped, cleared == count)
