"""The macro-action `push`: four numbers, and random ones."""

import math
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Bool, Float
from torch import Generator, Tensor

from foresight.actions.push.settings import PushConfig
from foresight.errors import RobotError
from foresight.settings import SceneConfig


@dataclass(frozen=True)
class Push:
    """A straight push with the paddle's plate perpendicular to it.

    Attributes:
        x: Where the tool touches down, in `base_link` [m].
        y: Where the tool touches down, in `base_link` [m].
        heading: Direction of the push from the x axis [rad].
        length: Distance the tool moves [m].
    """

    x: float
    y: float
    heading: float
    length: float

    def __post_init__(self) -> None:
        """Refuse numbers that are not finite and lengths that are not positive."""
        if not np.isfinite(self.array()).all() or self.length <= 0.0:
            raise RobotError(f'{self}: a push needs finite numbers and a positive length')

    @property
    def end(self) -> tuple[float, float]:
        """Where the tool lifts off, in `base_link` [m]."""
        return (
            self.x + self.length * math.cos(self.heading),
            self.y + self.length * math.sin(self.heading),
        )

    def array(self) -> Float[np.ndarray, ' 4']:
        """x, y, heading, length."""
        return np.array([self.x, self.y, self.heading, self.length])

    @classmethod
    def from_array(cls, values: Float[np.ndarray, ' 4'] | Float[Tensor, ' 4']) -> 'Push':
        """Make a push of x, y, heading, length."""
        return cls(*(float(value) for value in values))


def push_ends(pushes: Float[Tensor, 'batch 4']) -> Float[Tensor, 'batch 2']:
    """Where the tool lifts off, in `base_link` [m]."""
    heading = pushes[:, 2]
    direction = torch.stack([heading.cos(), heading.sin()], dim=1)
    return pushes[:, :2] + pushes[:, 3:] * direction


def in_action_box(
    pushes: Float[Tensor, 'batch 4'], scene: SceneConfig, config: PushConfig, slack: float = 1e-4,
) -> Bool[Tensor, ' batch']:
    """True where length, start and end are within the bounds of `config` [m]."""
    length = pushes[:, 3]
    allowed = (length >= config.length_low - slack) & (length <= config.length_high + slack)
    allowed &= _on_table(pushes[:, :2], scene, config.start_margin + slack)
    return allowed & _on_table(push_ends(pushes), scene, config.end_margin + slack)


def uniform_pushes(
    count: int, generator: Generator, scene: SceneConfig, config: PushConfig,
) -> Float[Tensor, 'count 4']:
    """Draw pushes uniformly from the action box, in any heading."""
    kept = torch.empty(0, 4)
    while len(kept) < count:
        drawn = _draw(2 * count + 16, generator, scene, config)
        kept = torch.cat([kept, drawn[in_action_box(drawn, scene, config, 0.0)]])
    return kept[:count]


def _draw(
    count: int, generator: Generator, scene: SceneConfig, config: PushConfig,
) -> Float[Tensor, 'count 4']:
    """Draw starts, headings and lengths without looking at the end."""
    margin = config.start_margin
    low = torch.tensor([
        scene.table_x[0] - margin, scene.table_y[0] - margin, -math.pi, config.length_low,
    ])
    high = torch.tensor([
        scene.table_x[1] + margin, scene.table_y[1] + margin, math.pi, config.length_high,
    ])
    return low + (high - low) * torch.rand(count, 4, generator=generator)


def _on_table(
    points: Float[Tensor, 'batch 2'], scene: SceneConfig, margin: float,
) -> Bool[Tensor, ' batch']:
    """True where a point is on the table or at most `margin` outside it."""
    x, y = points[:, 0], points[:, 1]
    inside_x = (x >= scene.table_x[0] - margin) & (x <= scene.table_x[1] + margin)
    return inside_x & (y >= scene.table_y[0] - margin) & (y <= scene.table_y[1] + margin)
