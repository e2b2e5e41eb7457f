"""The table as it looks with one of its bins ahead: a frame in which every bin is at +y."""

import math

import numpy as np
from jaxtyping import Float

from foresight.settings import SceneConfig, Zone

_QUARTERS = {'left': 0, 'far': 1, 'right': 2, 'near': 3}
# cosine and sine of so many quarter turns
_TURNS = ((1.0, 0.0), (0.0, 1.0), (-1.0, 0.0), (0.0, -1.0))

Span = tuple[float, float]


class ZoneFrame:
    """The frame of the table, turned by quarters until a bin lies at +y.

    What knows how to work toward +y then works toward any bin. With the bin at the left the frame
    is that of the table itself, to the bit.

    Attributes:
        quarters: Quarter turns that bring the bin to +y.
        sides: Lowest and highest x of the turned table [m].
        ends: y of the edge away from the bin, and of the edge at the bin [m].
        opening: Where the bin begins and ends along x [m]; without bound where it takes the
            table to its corner: there the edge beside it decides.
        beside: Where the bins at lowest and at highest x begin and end along y [m]; None
            without a bin.
    """

    def __init__(self, scene: SceneConfig, zone: Zone) -> None:
        self.quarters = _QUARTERS[zone.side]
        self.sides, self.ends = self._rectangle(scene.table_x, scene.table_y)
        (low, high), _ = self._rectangle(zone.x, zone.y)
        self.opening = (
            -math.inf if low <= self.sides[0] else low, math.inf if high >= self.sides[1] else high
        )
        self.beside = self._beside(scene, 1), self._beside(scene, 3)

    @property
    def narrow(self) -> bool:
        """Whether the bin takes but a part of its side."""
        return bool(np.isfinite(self.opening).any())

    def turned(self, points: Float[np.ndarray, '*batch 2']) -> Float[np.ndarray, '*batch 2']:
        """Bring points of the table into this frame."""
        return _turn(points, self.quarters)

    def back(self, points: Float[np.ndarray, '*batch 2']) -> Float[np.ndarray, '*batch 2']:
        """Bring points of this frame onto the table."""
        return _turn(points, -self.quarters)

    def aside(self, points: Float[np.ndarray, '*batch 2']) -> Float[np.ndarray, '*batch']:
        """Return how far points of this frame are beside the opening [m]; 0 before it."""
        low, high = self.opening
        x = points[..., 0]
        return np.asarray(np.maximum(low - x, 0.0) + np.maximum(x - high, 0.0))

    def room(
        self, ends: Float[np.ndarray, '*batch 2'], exits: Float[np.ndarray, '*batch 2'],
        sizes: Float[np.ndarray, '*#batch 2'],
    ) -> Float[np.ndarray, '*batch']:
        """Return how far objects stay from where the table's edge is open [m].

        The edge away from the bin does not count: nothing that moves toward the bin comes near.

        Args:
            ends: Where their centres come to, in this frame.
            exits: Where they cross the edge at the bin, or end short of it.
            sizes: How far each extends from its centre along x and y [m].
        """
        (x, y), (wide, long) = np.moveaxis(ends, -1, 0), np.moveaxis(sizes, -1, 0)
        low, high = self.sides
        return np.asarray(np.minimum.reduce([
            np.maximum(x - low - wide, _inside(y, self.beside[0]) - long),
            np.maximum(high - x - wide, _inside(y, self.beside[1]) - long),
            np.maximum(self.ends[1] - y - long, _inside(exits[..., 0], self.opening) - wide),
        ]))

    def _rectangle(self, x: Span, y: Span) -> tuple[Span, Span]:
        """Turn a rectangle; return its x and y, each from low to high."""
        corners = np.sort(self.turned(np.column_stack([x, y])), axis=0)
        return tuple(corners[:, 0].tolist()), tuple(corners[:, 1].tolist())

    def _beside(self, scene: SceneConfig, quarter: int) -> Span | None:
        """Return where along y a bin is open that lies so many quarters on from +y."""
        for zone in scene.zones:
            if (self.quarters - _QUARTERS[zone.side]) % 4 == quarter:
                return self._rectangle(zone.x, zone.y)[1]
        return None


def _inside(values: Float[np.ndarray, '*batch'], span: Span | None) -> Float[np.ndarray, '*batch']:
    """Return how far inside a span values are [m]; endlessly outside of none."""
    if span is None:
        return np.full_like(values, -math.inf)
    return np.minimum(values - span[0], span[1] - values)


def _turn(points: Float[np.ndarray, '*batch 2'], quarters: int) -> Float[np.ndarray, '*batch 2']:
    """Turn points by quarters, without rounding."""
    if quarters % 4 == 0:
        return points
    cosine, sine = _TURNS[quarters % 4]
    x, y = points[..., 0], points[..., 1]
    return np.stack([cosine * x - sine * y, sine * x + cosine * y], axis=-1)
