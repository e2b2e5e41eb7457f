"""Success of tasks of places, from true positions: only what is on the table counts."""

import math
from abc import ABC, abstractmethod
from typing import Any

import numpy as np
from jaxtyping import Bool

from foresight.errors import ConfigError
from foresight.settings import SceneConfig
from foresight.tasks.clear_table.score import TABLE
from foresight.tasks.regions.region import Region, table
from foresight.tasks.scene_view import ObjectStates


class _Placed(ABC):
    """Asks something of the place of each object that is on the table."""

    def __call__(self, objects: ObjectStates) -> Bool[np.ndarray, ' object']:
        """Tell of each object whether it is on the table, and where it shall be."""
        places = zip(objects.positions[:, :2].tolist(), objects.status, strict=True)
        return np.array([s == TABLE and self._fits(x, y) for (x, y), s in places], bool)

    @abstractmethod
    def _fits(self, x: float, y: float) -> bool:
        """Tell whether a centre on the table [m] is where it shall be."""


class InRegion(_Placed):
    """Every object on the table, its centre in a region."""

    name = 'in_region'

    def __init__(self, scene: SceneConfig, x: Any = None, y: Any = None) -> None:
        """Read the region.

        Raises:
            ConfigError: If nothing of it is on the table.
        """
        self._region = Region.of(scene, x, y)
        self.about = f'every object on the table at {self._region}'

    def _fits(self, x: float, y: float) -> bool:
        return self._region.holds(x, y)


class OutOfZone(_Placed):
    """Every object on the table, its centre outside a zone."""

    name = 'out_of_zone'

    def __init__(self, scene: SceneConfig, x: Any = None, y: Any = None) -> None:
        """Read the zone.

        Raises:
            ConfigError: If it is off the table, or nothing of the table is outside it.
        """
        self._zone = Region.of(scene, x, y)
        if self._zone.covers(table(scene)):
            raise ConfigError(f'{self._zone} is the whole table: leave room beside it')
        self.about = f'every object on the table and outside {self._zone}'

    def _fits(self, x: float, y: float) -> bool:
        return not self._zone.holds(x, y)


class NearPoint(_Placed):
    """Every object on the table, its centre within a radius of a point."""

    name = 'near_point'

    def __init__(self, scene: SceneConfig, x: Any, y: Any, radius: Any) -> None:
        """Read point and radius.

        Raises:
            ConfigError: If one is no number, or nothing of the table is that near.
        """
        given = {'x': x, 'y': y, 'radius': radius}
        for name, value in given.items():
            if not isinstance(value, float) or not math.isfinite(value):
                raise ConfigError(f'{name} = {value!r}: write a number in m, as 0.1')
        self._point, self._radius = (x, y), radius
        top = table(scene)
        nearest = (min(max(x, top.x[0]), top.x[1]), min(max(y, top.y[0]), top.y[1]))
        if radius <= 0.0 or math.dist(self._point, nearest) >= radius:
            raise ConfigError(
                f'no place of the table, which is {top}, is within {radius} m of ({x}, {y}): '
                'move the point or give a larger radius'
            )
        self.about = f'every object on the table within {radius} m of ({x}, {y})'

    def _fits(self, x: float, y: float) -> bool:
        return math.dist((x, y), self._point) <= float(self._radius)
