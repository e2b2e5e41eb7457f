"""Pictures that lie on a surface: cloth, wood, print, photographs, and others kept for testing.

A picture is a factor on the colour of the surface, about 1 on average and in each channel. All of
it is drawn from a generator; nothing is read from a file.
"""

from collections.abc import Callable

import numpy as np
from jaxtyping import Bool, Float

SIDE = 256  # texels along each side of a picture
LOW, HIGH = 0.25, 1.75  # darkest and brightest factor
Picture = Float[np.ndarray, 'side side 3']
Field = Float[np.ndarray, 'side side']


def cloth(generator: np.random.Generator) -> Picture:
    """Draw woven cloth with folds."""
    across, along = _axes(generator.uniform(0.0, np.pi))
    period = generator.uniform(3.0, 7.0, 2)
    threads = np.sin(2 * np.pi * across / period[0]) * np.sin(2 * np.pi * along / period[1])
    weave = generator.uniform(0.1, 0.35) * threads + 0.08 * noise(generator, 0.5)
    folds = generator.uniform(0.03, 0.12) * noise(generator, 2.0)
    return _tint(1.0 + weave + folds, generator, 0.1)


def wood(generator: np.random.Generator) -> Picture:
    """Draw planks with grain along them."""
    across, along = _axes(generator.choice([0.0, np.pi / 2]) + generator.uniform(-0.1, 0.1))
    plank = np.floor(across / generator.uniform(22.0, 50.0)).astype(int) % 16
    tone = generator.normal(1.0, generator.uniform(0.0, 0.12), 16)[plank]
    bend = generator.uniform(2.0, 9.0) * noise(generator, 2.0)
    shift = generator.uniform(0.0, SIDE, 16)[plank]
    rings = np.sin(2 * np.pi * (across + bend + 0.03 * along + shift)
                   / generator.uniform(6.0, 16.0))
    grain = generator.uniform(0.05, 0.2) * rings + 0.1 * noise(generator, 0.8, stretch=8.0)
    return _tint(tone * (1.0 + grain), generator, 0.15)


def printed(generator: np.random.Generator) -> Picture:
    """Draw a printed cloth or board: checks, dots, or rows of marks like a text."""
    across, along = _axes(generator.uniform(0.0, np.pi))
    size = generator.uniform(7.0, 24.0)
    ink = (_checks, _dots, _text)[generator.integers(3)](across / size, along / size, generator)
    ground = 1.0 + 0.03 * noise(generator, 1.0)
    return ground[..., None] * (1.0 + ink[..., None] * generator.uniform(-0.7, 0.5, 3))


def photo(generator: np.random.Generator) -> Picture:
    """Draw what has the statistics of a photograph: structure at every scale, and edges."""
    light = generator.uniform(0.1, 0.25) * noise(generator, 1.0)
    picture = 1.0 + np.stack([light + 0.06 * noise(generator, 1.2) for _ in range(3)], axis=-1)
    for _ in range(generator.integers(1, 5)):
        patch = noise(generator, 1.8) > generator.uniform(0.4, 1.3)
        color = generator.uniform(0.6, 1.4) * generator.uniform(0.85, 1.15, 3)
        picture = np.where(patch[..., None], picture * color, picture)
    return picture


def tile(generator: np.random.Generator) -> Picture:
    """Draw square tiles with joints."""
    across, along = _axes(generator.uniform(0.0, np.pi / 2))
    size, joint = generator.uniform(12.0, 32.0), generator.uniform(0.08, 0.16)
    rows, columns = np.floor(across / size).astype(int), np.floor(along / size).astype(int)
    tone = generator.normal(1.0, generator.uniform(0.02, 0.12), 256)[(rows * 37 + columns) % 256]
    edge = (across / size % 1.0 < joint) | (along / size % 1.0 < joint)
    glaze = 1.0 + 0.04 * noise(generator, 1.5)
    return _tint(np.where(edge, generator.uniform(0.5, 1.5), tone * glaze), generator, 0.05)


def marble(generator: np.random.Generator) -> Picture:
    """Draw stone with veins."""
    veins = np.exp(-generator.uniform(4.0, 10.0) * np.abs(noise(generator, 1.5)))
    fine = np.exp(-12.0 * np.abs(noise(generator, 1.2)))
    depth = generator.uniform(0.25, 0.6)
    return _tint(1.0 + 0.1 * noise(generator, 2.0) - depth * (veins + 0.4 * fine) + 0.2 * depth,
                 generator, 0.08)


def stripes(generator: np.random.Generator) -> Picture:
    """Draw stripes of several colours and widths."""
    across, _ = _axes(generator.uniform(0.0, np.pi))
    widths = generator.uniform(3.0, 18.0, 10)
    ends = np.cumsum(widths)
    band = np.searchsorted(ends, across % ends[-1], side='right') % 10
    colors = generator.uniform(0.5, 1.45, (generator.integers(2, 5), 3))
    return colors[np.arange(10) % len(colors)][band] * (1.0 + 0.03 * noise(generator, 0.5))[
        ..., None]


def speckle(generator: np.random.Generator) -> Picture:
    """Draw chips of stone in plaster."""
    picture = np.ones((SIDE, SIDE, 3))
    for _ in range(generator.integers(2, 5)):
        chips = _grain(generator, generator.uniform(2.0, 5.0)) > generator.uniform(1.3, 2.0)
        picture = np.where(chips[..., None], generator.uniform(0.35, 1.6, 3), picture)
    return picture


PLAIN = 'plain'
TEXTURES: dict[str, Callable[[np.random.Generator], Picture]] = {
    'cloth': cloth, 'wood': wood, 'print': printed, 'photo': photo, 'tile': tile,
    'marble': marble, 'stripes': stripes, 'speckle': speckle,
}
"""Families of pictures by name."""
SURFACES = (PLAIN, *TEXTURES)
"""What a surface may look like."""


def draw_texture(family: str, generator: np.random.Generator) -> Picture:
    """Draw a picture of a family: a factor on the colour of what it lies on."""
    if family == PLAIN:
        return np.ones((SIDE, SIDE, 3), np.float32)
    picture = TEXTURES[family](generator)
    return np.clip(picture / picture.mean(axis=(0, 1)), LOW, HIGH).astype(np.float32)


def noise(generator: np.random.Generator, power: float, stretch: float = 1.0) -> Field:
    """Draw noise whose amplitude falls with frequency to a power; mean 0, deviation 1.

    With `stretch` it is so much longer along the second axis.
    """
    up, aside = np.fft.fftfreq(SIDE)[:, None], np.fft.rfftfreq(SIDE)[None, :] * stretch
    frequency = np.maximum(np.hypot(up, aside), 1.0 / SIDE)
    spectrum = np.fft.rfft2(generator.normal(size=(SIDE, SIDE))) / frequency**power
    spectrum[0, 0] = 0.0
    drawn = np.fft.irfft2(spectrum, (SIDE, SIDE))
    return np.asarray(drawn / drawn.std())


def _axes(turn: float) -> tuple[Field, Field]:
    """Return coordinates of each texel along two axes at right angles [texel]."""
    first, second = np.meshgrid(np.arange(SIDE, dtype=float), np.arange(SIDE), indexing='ij')
    return (np.cos(turn) * first + np.sin(turn) * second,
            np.cos(turn) * second - np.sin(turn) * first)


def _tint(tone: Field, generator: np.random.Generator, spread: float) -> Picture:
    """Give light and dark parts a slightly different colour."""
    return 1.0 + (tone[..., None] - 1.0) * generator.uniform(1.0 - spread, 1.0 + spread, 3)


def _checks(across: Field, along: Field, generator: np.random.Generator) -> Field:
    """Checks of two crossing bands."""
    share = generator.uniform(0.3, 0.6)
    return 0.5 * (across % 1.0 < share) + 0.5 * (along % 1.0 < share)


def _dots(across: Field, along: Field, generator: np.random.Generator) -> Field:
    """Dots in rows."""
    radius = generator.uniform(0.2, 0.4)
    return 1.0 * (np.hypot(across % 1.0 - 0.5, along % 1.0 - 0.5) < radius)


def _text(across: Field, along: Field, generator: np.random.Generator) -> Field:
    """Rows of short marks with gaps, as words have."""
    line: Bool[np.ndarray, 'side side'] = across % 1.0 < generator.uniform(0.35, 0.6)
    place = np.floor(along * 2.5).astype(int) + 57 * np.floor(across).astype(int)
    return 1.0 * (line & (generator.random(1024) < 0.7)[place % 1024])


def _grain(generator: np.random.Generator, size: float) -> Field:
    """Noise of one size [texel]."""
    frequency = np.hypot(np.fft.fftfreq(SIDE)[:, None], np.fft.rfftfreq(SIDE)[None, :])
    spectrum = np.fft.rfft2(generator.normal(size=(SIDE, SIDE))) * np.exp(
        -(frequency * size)**2)
    spectrum[0, 0] = 0.0
    drawn = np.fft.irfft2(spectrum, (SIDE, SIDE))
    return np.asarray(drawn / drawn.std())
