"""Guardrails: hard constraints on actions, fixed when they are made; no task can loosen them."""

from collections.abc import Iterable
from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from foresight.errors import ConfigError
from foresight.robots.tool import Tool
from foresight.robots.zones import Zone


@dataclass(frozen=True)
class KeepOut:
    """Keeps the rectangle that a push sweeps away from a rectangle on the table.

    Attributes:
        x: Bounds of the zone along x of `base_link` [m].
        y: Bounds of the zone along y [m].
        tool: Size of the tool.
        name: Name shown when nothing satisfies it.
    """

    x: tuple[float, float]
    y: tuple[float, float]
    tool: Tool
    name: str = 'keep_out'

    def __post_init__(self) -> None:
        """Check that the zone is not empty."""
        if self.x[0] >= self.x[1] or self.y[0] >= self.y[1]:
            raise ConfigError(f'guardrail {self.name!r}: x {self.x} and y {self.y} are low, high')

    def __call__(self, actions: Float[Tensor, 'batch action']) -> Bool[Tensor, ' batch']:
        """Return True where a push `[x, y, heading, length]` stays out of the zone."""
        x, y, heading, length = actions.unbind(dim=-1)
        cosine, sine = heading.cos(), heading.sin()
        # Vector from the centre of the zone to the centre of the swept rectangle.
        gap_x = x + 0.5 * length * cosine - 0.5 * (self.x[0] + self.x[1])
        gap_y = y + 0.5 * length * sine - 0.5 * (self.y[0] + self.y[1])
        half_x, half_y = 0.5 * (self.x[1] - self.x[0]), 0.5 * (self.y[1] - self.y[0])
        half_long, half_wide = 0.5 * (length + self.tool.depth), 0.5 * self.tool.width
        # Two rectangles are apart if one of their four edge directions separates them.
        apart = [
            gap_x.abs() > half_x + half_long * cosine.abs() + half_wide * sine.abs(),
            gap_y.abs() > half_y + half_long * sine.abs() + half_wide * cosine.abs(),
            (gap_x * cosine + gap_y * sine).abs()
            > half_long + half_x * cosine.abs() + half_y * sine.abs(),
            (gap_y * cosine - gap_x * sine).abs()
            > half_wide + half_x * sine.abs() + half_y * cosine.abs(),
        ]
        return torch.stack(apart).any(dim=0)


def keep_out_zones(zones: Iterable[tuple[str, Zone]], tool: Tool) -> tuple[KeepOut, ...]:
    """Return the guardrails of a robot's file: name and x low, x high, y low, y high [m].

    Raises:
        ConfigError: If a zone is empty.
    """
    return tuple(KeepOut(zone[:2], zone[2:], tool, name) for name, zone in zones)
