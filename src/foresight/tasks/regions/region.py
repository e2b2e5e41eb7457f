"""A rectangle on the table, as a task file gives it."""

import math
from dataclasses import dataclass
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

from foresight.errors import ConfigError
from foresight.settings import SceneConfig
from foresight.world_model.encoder import EncoderConfig
from foresight.world_model.scene_map import cell_centres

Span = tuple[float, float]


@dataclass(frozen=True)
class Region:
    """A rectangle in the frame of the table.

    Attributes:
        x: Lowest and highest x [m].
        y: Lowest and highest y [m].
    """

    x: Span
    y: Span

    @classmethod
    def of(cls, scene: SceneConfig, x: Any = None, y: Any = None) -> 'Region':
        """Read a region; along an axis that is left out it reaches over the whole view.

        Raises:
            ConfigError: If `x` or `y` is no list of two numbers, or nothing of it is on the table.
        """
        region = cls(_span('x', x, scene.view_x), _span('y', y, scene.view_y))
        if not (_overlap(region.x, scene.table_x) and _overlap(region.y, scene.table_y)):
            raise ConfigError(f'{region} is off the table, which is {table(scene)}: move it there')
        return region

    def holds(self, x: float, y: float) -> bool:
        """Tell whether a point [m] lies in it."""
        return self.x[0] <= x <= self.x[1] and self.y[0] <= y <= self.y[1]

    def covers(self, other: 'Region') -> bool:
        """Tell whether another one lies in it as a whole."""
        return all(self.holds(x, y) for x, y in zip(other.x, other.y, strict=True))

    def cells(
        self, scene: SceneConfig, encoder: EncoderConfig,
    ) -> Float[Tensor, 'height width']:
        """Return 1 for each cell of a latent whose centre lies in it, else 0."""
        return (self.way(scene, encoder) == 0.0).float()

    def way(self, scene: SceneConfig, encoder: EncoderConfig) -> Float[Tensor, 'height width']:
        """Return how far the centre of each cell of a latent is from it [m]."""
        x, y = cell_centres(scene, encoder.grid)
        return torch.hypot(_beyond(x, self.x)[:, None], _beyond(y, self.y)[None])

    def __str__(self) -> str:
        """Say where it is."""
        return f'x {self.x[0]:.2f} to {self.x[1]:.2f}, y {self.y[0]:.2f} to {self.y[1]:.2f} m'


def table(scene: SceneConfig) -> Region:
    """Return the table top."""
    return Region(scene.table_x, scene.table_y)


def _span(axis: str, given: Any, usual: Span) -> Span:
    """Read the two ends along an axis.

    Raises:
        ConfigError: If they are anything but two numbers, the lower first.
    """
    if given is None:
        return usual
    fits = isinstance(given, list | tuple) and len(given) == 2 and all(
        isinstance(value, float) and math.isfinite(value) for value in given
    ) and given[0] < given[1]
    if not fits:
        raise ConfigError(
            f'{axis} = {given!r}: write lowest and highest {axis} in m, as [0.0, 0.3]'
        )
    return given[0], given[1]


def _overlap(first: Span, second: Span) -> bool:
    """Tell whether two spans have more than an end in common."""
    return first[0] < second[1] and second[0] < first[1]


def _beyond(values: Float[Tensor, ' cell'], span: Span) -> Float[Tensor, ' cell']:
    """Return how far values are from a span [m]."""
    low, high = span
    return (low - values).clamp(min=0.0) + (values - high).clamp(min=0.0)
