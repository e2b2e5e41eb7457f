"""Success of gathering: everything on the table and close to the middle of it all."""

from typing import Any

import numpy as np
from jaxtyping import Bool

from foresight.errors import ConfigError
from foresight.settings import SceneConfig
from foresight.tasks.clear_table.score import TABLE
from foresight.tasks.scene_view import ObjectStates

SMALLEST = 0.03  # two things of the smallest size cannot be closer to their middle [m]


class Together:
    """Every object on the table, its centre within a radius of the middle of all."""

    name = 'together'

    def __init__(self, scene: SceneConfig, radius: Any) -> None:
        """Read the radius.

        Raises:
            ConfigError: If it is no length, or things are too large to come that close.
        """
        if not isinstance(radius, float) or not radius >= SMALLEST:
            raise ConfigError(
                f'radius = {radius!r}: write at least {SMALLEST} m; things cannot come closer to '
                'their middle'
            )
        self._radius = radius
        self.about = f'every object on the table within {radius} m of the middle of all'

    def __call__(self, objects: ObjectStates) -> Bool[np.ndarray, ' object']:
        """Tell what is on the table and near the middle of all that is there."""
        on_table = np.array([status == TABLE for status in objects.status], bool)
        places = objects.positions[:, :2]
        middle = places[on_table].mean(axis=0) if on_table.any() else np.zeros(2)
        near = np.linalg.norm(places - middle, axis=1) <= self._radius
        return np.asarray(on_table & near)
