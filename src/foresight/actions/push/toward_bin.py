"""Pushes toward the bin and what a kinematic model says becomes of objects of known place."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float

from foresight.actions.push.macro_action import PushAction
from foresight.robots.tool import Tool

HEADINGS = np.pi / 2 + np.linspace(-0.7, 0.7, 15)
LATERALS = np.linspace(-0.03, 0.03, 5)
GAPS = np.array([0.012, 0.025, 0.04, 0.06])


@dataclass(frozen=True)
class Footprints:
    """What the objects on the table cover.

    Attributes:
        centres: Object centres [m].
        corners: Corners of the box around each object, relative to its centre [m].
    """

    centres: Float[np.ndarray, 'object 2']
    corners: Float[np.ndarray, 'object 8 2']

    def reach(self, directions: Float[np.ndarray, 'batch 2']) -> Float[np.ndarray, 'batch object']:
        """Return how far each object extends from its centre in each direction [m]."""
        extents: Float[np.ndarray, 'batch object'] = np.einsum(
            'okc,pc->pok', self.corners, directions
        ).max(axis=2)
        return extents


class TowardBin:
    """Draws and scores pushes toward +y.

    What lies in the lane is carried to the end, what the paddle's edge would catch is a risk, what
    comes close to the near or far table edge is a risk, and a paddle that would land on an object
    is not an option.
    """

    def __init__(self, action: PushAction, tool: Tool) -> None:
        self._scene, self._push = action.scene, action.settings
        self._half_width, self._half_depth = tool.width / 2, tool.depth / 2
        self._face = tool.face

    def candidates(self, objects: Footprints) -> Float[np.ndarray, 'batch 4']:
        """Return pushes toward +y that start behind each object."""
        end = self._scene.table_y[1] + self._push.end_margin - 0.002
        axes = np.meshgrid(np.arange(len(objects.centres)), HEADINGS, LATERALS, GAPS)
        index, headings, laterals, gaps = (axis.ravel() for axis in axes)
        forward, aside = _axes(headings)
        depth = objects.reach(forward)[np.arange(len(index)), index]
        back = depth + self._half_depth + gaps
        starts = objects.centres[index] - back[:, None] * forward + laterals[:, None] * aside
        lengths = np.clip(
            (end - starts[:, 1]) / forward[:, 1], self._push.length_low, self._push.length_high
        )
        return np.column_stack([starts, headings, lengths])

    def values(
        self, pushes: Float[np.ndarray, 'batch 4'], objects: Footprints
    ) -> Float[np.ndarray, ' batch']:
        """Score pushes by what a kinematic model says becomes of each object."""
        forward, aside = _axes(pushes[:, 2])
        offsets = objects.centres[None] - pushes[:, None, :2]  # push object 2
        along, across = (offsets * forward[:, None]).sum(2), (offsets * aside[:, None]).sum(2)
        depth, width = objects.reach(forward), objects.reach(aside)
        lengths = pushes[:, 3:]
        reached = (along > 0) & (along - depth < lengths + self._half_depth)
        carried = reached & (np.abs(across) < self._half_width - 0.35 * width)
        clipped = reached & ~carried & (np.abs(across) < self._half_width + width + 0.006)
        travel = np.where(carried, np.maximum(0.0, lengths + self._face + depth - along), 0.0)
        ends = objects.centres[None] + travel[..., None] * forward[:, None]
        cleared = carried & (ends[..., 1] > self._scene.table_y[1] + 0.01)
        gained = np.clip((ends - objects.centres)[..., 1], 0.0, 0.4)
        value = np.where(cleared, 1.0, gained).sum(1)
        value -= clipped.sum(1) + self._edge_risk(ends, objects, carried).sum(1)
        value -= 2.0 * np.abs(np.where(carried, across, 0.0)).sum(1)
        value -= 0.1 * np.abs(pushes[:, 2] - np.pi / 2)
        useless = self._lands_on(along, across, depth, width).any(1) | ~carried.any(1)
        return np.where(useless, -np.inf, value)

    def _edge_risk(
        self, ends: Float[np.ndarray, 'batch object 2'], objects: Footprints,
        carried: Bool[np.ndarray, 'batch object'],
    ) -> Float[np.ndarray, 'batch object']:
        """Grow where a carried object ends less than its own size from a near or far edge."""
        low, high = self._scene.table_x
        size = objects.reach(np.array([[1.0, 0.0]]))
        room = np.minimum(ends[..., 0] - low, high - ends[..., 0]) - size - 0.01
        return np.where(carried, np.clip(-20.0 * room, 0.0, 2.0), 0.0)

    def _lands_on(
        self, along: Float[np.ndarray, 'batch object'], across: Float[np.ndarray, 'batch object'],
        depth: Float[np.ndarray, 'batch object'], width: Float[np.ndarray, 'batch object'],
    ) -> Bool[np.ndarray, 'batch object']:
        """Return True where the paddle would come down on an object."""
        margin = 0.008
        near = np.abs(along) < self._half_depth + depth + margin
        beside = np.abs(across) < self._half_width + width + margin
        return np.asarray(near & beside)


def _axes(
    headings: Float[np.ndarray, ' batch'],
) -> tuple[Float[np.ndarray, 'batch 2'], Float[np.ndarray, 'batch 2']]:
    """Return the unit vectors along each heading and to its left."""
    forward = np.stack([np.cos(headings), np.sin(headings)], 1)
    return forward, np.stack([-forward[:, 1], forward[:, 0]], 1)
