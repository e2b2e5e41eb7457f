"""Pushes toward the bin and what a kinematic model says becomes of objects of known place."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int

from foresight.actions.push.macro_action import PushAction
from foresight.robots.tool import Tool
from foresight.settings import Zone
from foresight.zone_frame import ZoneFrame

Turn = Callable[[Float[np.ndarray, 'batch 2']], Float[np.ndarray, 'batch 2']]
HEADINGS = np.pi / 2 + np.linspace(-0.7, 0.7, 15)
LATERALS = np.linspace(-0.03, 0.03, 5)
GAPS = np.array([0.012, 0.025, 0.04, 0.06])
SLANTS = np.linspace(0.0, 0.6, 4)  # rad, toward the bin, of pushes along its edge
CROWDED = 2.0  # what carrying another thing costs where the bin takes but part of its side
INSIDE = np.array([0.03, 0.06, 0.09])  # m, how far inside the opening they end


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
    """Draws and scores pushes toward one bin.

    What lies in the lane is carried to the end, what the paddle's edge would catch is a risk, what
    comes close to an open edge of the table is a risk, and a paddle that would land on an object
    is not an option. Inside, the bin is at +y.
    """

    def __init__(self, action: PushAction, tool: Tool, zone: Zone) -> None:
        self._frame, self._push = ZoneFrame(action.scene, zone), action.settings
        self._half_width, self._half_depth = tool.width / 2, tool.depth / 2
        self._face = tool.face

    def candidates(self, objects: Footprints) -> Float[np.ndarray, 'batch 4']:
        """Return pushes that start behind each object, toward the bin or to before it."""
        objects = self._turned(objects)
        pushes = [self._over_the_edge(objects), self._before_the_opening(objects)]
        return turned_pushes(np.concatenate(pushes), self._frame.back, -self._frame.quarters)

    def _over_the_edge(self, objects: Footprints) -> Float[np.ndarray, 'batch 4']:
        """Return pushes that end at the bin, or as near to it as a push can."""
        end = self._frame.ends[1] + self._push.end_margin - 0.002
        axes = np.meshgrid(np.arange(len(objects.centres)), HEADINGS, LATERALS, GAPS)
        index, headings, laterals, gaps = (axis.ravel() for axis in axes)
        starts, _ = self._behind(objects, index, headings, laterals, gaps)
        lengths = np.clip(
            (end - starts[:, 1]) / np.sin(headings), self._push.length_low, self._push.length_high
        )
        return np.column_stack([starts, headings, lengths])

    def _before_the_opening(self, objects: Footprints) -> Float[np.ndarray, 'batch 4']:
        """Return pushes along the edge of what lies beside the opening."""
        aside = self._frame.aside(objects.centres)
        beside = np.flatnonzero(aside)
        axes = np.meshgrid(beside, SLANTS, LATERALS, GAPS, INSIDE)
        which, slants, laterals, gaps, inside = (axis.ravel() for axis in axes)
        index = which.astype(int)
        low = objects.centres[index, 0] < self._frame.opening[0]
        headings = np.where(low, slants, np.pi - slants)
        starts, back = self._behind(objects, index, headings, laterals, gaps)
        lengths = (aside[index] + inside) / np.cos(slants) + back - self._face
        lengths = np.clip(lengths, self._push.length_low, self._push.length_high)
        return np.column_stack([starts, headings, lengths])

    def _behind(
        self, objects: Footprints, index: Int[np.ndarray, ' batch'],
        headings: Float[np.ndarray, ' batch'], laterals: Float[np.ndarray, ' batch'],
        gaps: Float[np.ndarray, ' batch'],
    ) -> tuple[Float[np.ndarray, 'batch 2'], Float[np.ndarray, ' batch']]:
        """Return where pushes start behind objects, and how far from the side of each [m]."""
        forward, aside = _axes(headings)
        depth = objects.reach(forward)[np.arange(len(index)), index]
        back = depth + self._half_depth + gaps
        starts = objects.centres[index] - back[:, None] * forward + laterals[:, None] * aside
        return starts, back - depth

    def values(
        self, pushes: Float[np.ndarray, 'batch 4'], objects: Footprints
    ) -> Float[np.ndarray, ' batch']:
        """Score pushes by what a kinematic model says becomes of each object."""
        pushes = turned_pushes(pushes, self._frame.turned, self._frame.quarters)
        objects = self._turned(objects)
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
        exits = self._exits(objects, travel, forward)
        value = np.where(carried, self._gain(ends, exits, objects), 0.0).sum(1)
        if self._frame.narrow:
            value -= CROWDED * (carried.sum(1) - 1)
        value -= clipped.sum(1) + self._edge_risk(ends, exits, objects, carried).sum(1)
        value -= 2.0 * np.abs(np.where(carried, across, 0.0)).sum(1)
        value -= 0.1 * np.abs(pushes[:, 2] - np.pi / 2)
        useless = self._lands_on(along, across, depth, width).any(1) | ~carried.any(1)
        return np.where(useless, -np.inf, value)

    def _turned(self, objects: Footprints) -> Footprints:
        """Bring footprints into the frame in which the bin is at +y."""
        turned = self._frame.turned
        return Footprints(turned(objects.centres), turned(objects.corners))

    def _exits(
        self, objects: Footprints, travel: Float[np.ndarray, 'batch object'],
        forward: Float[np.ndarray, 'batch 2'],
    ) -> Float[np.ndarray, 'batch object 2']:
        """Return where objects cross the edge at the bin, or end short of it."""
        ahead = np.maximum(self._frame.ends[1] - objects.centres[:, 1], 0.0)
        most = ahead / np.maximum(forward[:, 1:], 1e-6)
        return np.asarray(objects.centres + np.minimum(travel, most)[..., None] * forward[:, None])

    def _gain(
        self, ends: Float[np.ndarray, 'batch object 2'],
        exits: Float[np.ndarray, 'batch object 2'], objects: Footprints,
    ) -> Float[np.ndarray, 'batch object']:
        """Return 1 for what ends in the bin, else how much nearer it comes [m]."""
        beside = self._frame.aside(exits)
        cleared = (ends[..., 1] > self._frame.ends[1] + 0.01) & (beside == 0.0)
        nearer = (ends - objects.centres)[..., 1] + self._frame.aside(objects.centres) - beside
        return np.where(cleared, 1.0, np.clip(nearer, 0.0, 0.4))

    def _edge_risk(
        self, ends: Float[np.ndarray, 'batch object 2'],
        exits: Float[np.ndarray, 'batch object 2'], objects: Footprints,
        carried: Bool[np.ndarray, 'batch object'],
    ) -> Float[np.ndarray, 'batch object']:
        """Grow where a carried object ends less than its own size from an open edge."""
        sizes = objects.reach(np.eye(2)).T[None]  # 1 object 2
        room = self._frame.room(ends, exits, sizes) - 0.01
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


def turned_pushes(
    pushes: Float[np.ndarray, 'batch 4'], turn: Turn, quarters: int,
) -> Float[np.ndarray, 'batch 4']:
    """Turn starts, and headings by as many quarters; headings stay within half a turn."""
    if quarters % 4 == 0:
        return pushes
    headings = np.remainder(pushes[:, 2] + quarters * np.pi / 2 + np.pi, 2 * np.pi) - np.pi
    return np.column_stack([turn(pushes[:, :2]), headings, pushes[:, 3]])


def _axes(
    headings: Float[np.ndarray, ' batch'],
) -> tuple[Float[np.ndarray, 'batch 2'], Float[np.ndarray, 'batch 2']]:
    """Return the unit vectors along each heading and to its left."""
    forward = np.stack([np.cos(headings), np.sin(headings)], 1)
    return forward, np.stack([-forward[:, 1], forward[:, 0]], 1)
