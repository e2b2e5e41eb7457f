"""What counts as cleared, dropped and a success, from the true places of the objects."""

import numpy as np
from jaxtyping import Float

from foresight.settings import SceneConfig
from foresight.tasks.scene_view import ObjectStates, Outcome

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


def score(states: ObjectStates) -> Outcome:
    """Count what is cleared and dropped; in the bin only what rests is cleared."""
    places = zip(states.status, states.moving, strict=True)
    return _outcome(states, sum(where == BIN and not moves for where, moves in places))


def glance(states: ObjectStates) -> Outcome:
    """Count by place alone, whatever still moves."""
    return _outcome(states, states.status.count(BIN))


def _outcome(states: ObjectStates, cleared: int) -> Outcome:
    """Complete the count."""
    count, dropped = len(states.names), states.status.count(FLOOR)
    return Outcome(cleared, dropped, count - cleared - dropped, cleared == count)
