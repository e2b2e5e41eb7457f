"""The action `vector`: bounded numbers without a place on a table, as an environment has them."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, ClassVar

import torch
from jaxtyping import Bool, Float
from torch import Generator, Tensor, nn

from foresight.errors import ConfigError
from foresight.macro_action import ActionConfig, ActionNumber
from foresight.planning.action_space import ActionSpace
from foresight.protocols import Actions
from foresight.settings import SceneConfig


class VectorRaster(nn.Module):
    """Writes an action into every cell, with row and column of the cell: all from -1 to 1."""

    def __init__(
        self, low: Float[Tensor, ' action'], high: Float[Tensor, ' action'], grid: tuple[int, int],
    ) -> None:
        """Lay out the cells of a grid; nothing is table, nothing is bin."""
        super().__init__()
        self.channels = len(low) + 2
        rows, columns = ((2.0 * torch.arange(count) + 1.0) / count - 1.0 for count in grid)
        places = torch.stack(torch.meshgrid(rows, columns, indexing='ij'))
        self.register_buffer('middle', (low + high) / 2, persistent=False)
        self.register_buffer('half_range', (high - low) / 2, persistent=False)
        self.register_buffer('places', places, persistent=False)
        self.register_buffer('scene_map', torch.zeros(2, *grid), persistent=False)
        self.middle: Tensor
        self.half_range: Tensor
        self.places: Tensor
        self.scene_map: Tensor

    def forward(
        self, actions: Actions, scene_map: Float[Tensor, 'batch 2 height width'] | None = None,
    ) -> Float[Tensor, 'batch feature height width']:
        """Draw each action; there is no table to be drawn."""
        scaled = (actions.float() - self.middle) / self.half_range
        size = self.places.shape[1:]
        everywhere = scaled[:, :, None, None].expand(-1, -1, *size)
        return torch.cat([everywhere, self.places.expand(len(actions), -1, -1, -1)], dim=1)

    def coverage(self, actions: Actions) -> Float[Tensor, 'batch height width']:
        """Return 1 for each cell: anything may move."""
        return self.places.new_ones(len(actions), *self.places.shape[1:])


@dataclass(frozen=True)
class Bounds:
    """Least and largest value of each number of an action; a guardrail and a source of actions."""

    name: ClassVar[str] = 'bounds'

    low: tuple[float, ...]
    high: tuple[float, ...]

    def __post_init__(self) -> None:
        """Refuse what bounds nothing."""
        if not self.low or len(self.low) != len(self.high) or not all(
            low < high for low, high in zip(self.low, self.high)
        ):
            raise ConfigError(
                f'macro-action vector: low {self.low} and high {self.high}: give as many of each, '
                'every low below its high'
            )

    def __call__(self, actions: Actions) -> Bool[Tensor, ' batch']:
        """Return True where every number is within its bounds."""
        low, high = torch.tensor(self.low), torch.tensor(self.high)
        return ((actions >= low) & (actions <= high)).all(dim=-1)

    def draw(self, count: int, generator: Generator) -> Float[Tensor, 'count action']:
        """Draw actions uniformly."""
        low, high = torch.tensor(self.low), torch.tensor(self.high)
        return low + (high - low) * torch.rand(count, len(low), generator=generator)


@dataclass(frozen=True)
class VectorAction:
    """Actions of an environment, as a `ForeseenAction`.

    Attributes:
        bounds: What each number may be.
    """

    kind: ClassVar[str] = 'vector'

    bounds: Bounds
    scene: SceneConfig = field(default_factory=SceneConfig)

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> 'VectorAction':
        """Make it of settings as a file has them.

        Raises:
            ConfigError: If they bound nothing.
        """
        if set(settings) != {'low', 'high'}:
            raise ConfigError('macro-action vector: give low and high, a list of numbers each')
        return cls(Bounds(*(tuple(map(float, settings[name])) for name in ('low', 'high'))))

    @property
    def numbers(self) -> tuple[ActionNumber, ...]:
        """What its numbers may be; nobody knows what they say."""
        pairs = zip(self.bounds.low, self.bounds.high, strict=True)
        return tuple(ActionNumber(f'a{i}', '', *pair) for i, pair in enumerate(pairs))

    @property
    def config(self) -> ActionConfig:
        """What to store, to make it again."""
        return ActionConfig(self.kind, {k: list(v) for k, v in asdict(self.bounds).items()})

    def raster(self, grid: tuple[int, int]) -> VectorRaster:
        """Return what writes actions into the cells of a grid."""
        low, high = torch.tensor(self.bounds.low), torch.tensor(self.bounds.high)
        return VectorRaster(low, high, grid)

    def space(self, noise: float) -> ActionSpace:
        """Return the scales of a search whose first refinement has a share `noise` of the range.

        Nothing is added in execution, and what leaves the bounds is put back on them.
        """
        bounds = self.bounds
        spread = tuple(noise * (high - low) for low, high in zip(bounds.low, bounds.high))
        return ActionSpace(spread, (0.0,) * len(spread), low=bounds.low, high=bounds.high)
