"""Colours and light of one episode, drawn from a generator."""

import colorsys
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from foresight.sim.settings import SimConfig

Color = Float[np.ndarray, '3']
HueSaturationValue = tuple[float, float, float]


@dataclass(frozen=True)
class Appearance:
    """Colours (RGB in [0, 1]) and light of one episode.

    Attributes:
        floor: Colour of the floor as it is seen; it has no shading.
        light_direction: Direction towards the light in `base_link`.
        ambient: Share of light that reaches every face.
        diffuse: Share of light that depends on the angle of a face.
    """

    table: Color
    bin: Color
    floor: Color
    light_direction: Float[np.ndarray, '3']
    light_color: Color
    ambient: float
    diffuse: float

    @property
    def colors(self) -> tuple[Color, ...]:
        """Colours that objects must stand out from."""
        return self.table, self.bin, self.floor


def sample_color(
    generator: np.random.Generator, avoid: tuple[Color, ...], distance: float,
    low: HueSaturationValue = (0.0, 0.1, 0.25), high: HueSaturationValue = (1.0, 0.95, 0.95),
) -> Color:
    """Draw a colour of a range, at a Euclidean RGB distance from those to avoid.

    Returns:
        The first colour of 64 that keeps the distance, else the one that comes closest to it.
    """
    best, best_gap = np.zeros(3), -1.0
    for _ in range(64):
        color = np.array(colorsys.hsv_to_rgb(*generator.uniform(low, high)))
        gap = min((float(np.linalg.norm(color - other)) for other in avoid), default=np.inf)
        if gap >= distance:
            return color
        if gap > best_gap:
            best, best_gap = color, gap
    return best


def sample_appearance(generator: np.random.Generator, sim: SimConfig) -> Appearance:
    """Draw the colours of table, bin and floor, and the light, of the ranges of `sim`."""
    low, high = (0.0, sim.saturation[0], 0.3), (1.0, sim.saturation[1], 0.9)
    table = sample_color(generator, (), 0.2, low, high)
    floor = sample_color(generator, (table,), 0.2, low, high)
    angle, tilt = generator.uniform(-np.pi, np.pi), generator.uniform(*sim.light_tilt)
    across = np.sin(tilt)
    direction = np.array([across * np.cos(angle), across * np.sin(angle), np.cos(tilt)])
    return Appearance(
        table=table, bin=sample_color(generator, (table, floor), 0.2, low, high), floor=floor,
        light_direction=direction, light_color=generator.uniform(*sim.light_color, 3),
        ambient=float(generator.uniform(*sim.ambient)),
        diffuse=float(generator.uniform(*sim.diffuse)),
    )
