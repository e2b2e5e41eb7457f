"""A push that moves one object straight on over the table and touches no other."""

import numpy as np
import torch
from jaxtyping import Bool, Float

from foresight.protocols import Guardrail
from foresight.robots.tool import Tool
from foresight.settings import SceneConfig

TRIES = 2000  # pushes drawn to find one
WAY = (0.08, 0.20)  # m that the object moves
CLEAR = 0.12  # m between the middle of the lane and any other object
GAP = 0.015  # m between object and paddle where it touches down


class SinglePush:
    """Chooses from true poses, for measurements that need to know what a push does."""

    def __init__(self, scene: SceneConfig, feasible: Guardrail, tool: Tool) -> None:
        """Keep the table, what the arm can do and the size of the paddle."""
        self._scene, self._feasible, self._half_depth = scene, feasible, tool.depth / 2

    def __call__(
        self, positions: Float[np.ndarray, 'object 3'], extents: Float[np.ndarray, 'object 3'],
        index: int, generator: np.random.Generator,
    ) -> Float[np.ndarray, '4'] | None:
        """Draw a push of one of some objects [m]; None if none of TRIES will do."""
        heading = generator.uniform(-np.pi, np.pi, TRIES)
        way = generator.uniform(*WAY, TRIES)
        forward = np.stack([np.cos(heading), np.sin(heading)], axis=1)
        place = positions[index][:2]
        radius = float(np.hypot(*extents[index][:2]) / 2)
        back = radius + self._half_depth + GAP
        start, length = place - back * forward, back + way - radius / 2 - self._half_depth
        pushes = np.column_stack([start, heading, length])
        allowed = self._feasible(torch.from_numpy(pushes).float()).numpy()
        allowed &= self.on_table(place + way[:, None] * forward)
        for other in np.delete(positions, index, axis=0):
            allowed &= _spared(other[:2] - start, forward, length)
        found = np.flatnonzero(allowed)
        return np.asarray(pushes[found[0]]) if len(found) else None

    def on_table(self, points: Float[np.ndarray, 'point 2']) -> Bool[np.ndarray, ' point']:
        """Return which points are on the table, away from its edges."""
        margin = self._scene.spawn_margin
        low = np.array([self._scene.table_x[0], self._scene.table_y[0]]) + margin
        high = np.array([self._scene.table_x[1], self._scene.table_y[1]]) - margin
        return np.asarray(((points >= low) & (points <= high)).all(axis=1))


def _spared(
    offsets: Float[np.ndarray, 'push 2'], forward: Float[np.ndarray, 'push 2'],
    lengths: Float[np.ndarray, ' push'],
) -> Bool[np.ndarray, ' push']:
    """Return which pushes keep away from an object at these offsets from their starts."""
    along = (offsets * forward).sum(axis=1)
    across = np.abs(offsets[:, 1] * forward[:, 0] - offsets[:, 0] * forward[:, 1])
    return np.asarray((across > CLEAR) | (along < -CLEAR) | (along > lengths + CLEAR))
