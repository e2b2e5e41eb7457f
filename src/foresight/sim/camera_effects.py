"""What cameras do to pictures, one pure function each: light, colour, noise, lens, compression."""

from collections.abc import Callable, Mapping
from functools import partial

import cv2
import numpy as np
from jaxtyping import Float, UInt8

Picture = UInt8[np.ndarray, 'height width 3']
Draws = np.random.Generator
Effect = Callable[[Picture, Draws], Picture]

FLICKER, WAVES = 0.03, 0.5  # share of the light, waves within a picture
BEAT = 0.07  # waves from one picture to the next
ANSWER = 0.5  # part of a change that exposure and white balance answer in the end
EXPOSURE, WHITE_BALANCE = 0.3, 0.1  # part of the way to there from one picture to the next


def add_noise(image: Picture, draws: Draws, std: float) -> Picture:
    """Add noise of each pixel and colour [grey levels]."""
    return levels(image + draws.normal(0.0, std, image.shape))


def expose(image: Picture, draws: Draws, colours: tuple[float, float, float]) -> Picture:
    """Multiply red, green and blue: exposure where they are alike, else white balance."""
    return levels(image * np.array(colours))


def darken_corners(image: Picture, draws: Draws, loss: float) -> Picture:
    """Lose a share of the light in the corners, less towards the middle."""
    rows, columns = (np.linspace(-1.0, 1.0, size) for size in image.shape[:2])
    return levels(image * (1.0 - loss * (rows[:, None] ** 2 + columns**2) / 2.0)[..., None])


def compress(image: Picture, draws: Draws, quality: int) -> Picture:
    """Compress to JPEG and back."""
    _, packed = cv2.imencode('.jpg', image[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.ascontiguousarray(np.asarray(cv2.imdecode(packed, cv2.IMREAD_COLOR))[..., ::-1])


def shift(image: Picture, draws: Draws, columns: float) -> Picture:
    """Move the picture to the right [px], as a camera that was touched does."""
    matrix, size = np.array([[1.0, 0.0, columns], [0.0, 1.0, 0.0]]), image.shape[1::-1]
    return np.asarray(cv2.warpAffine(image, matrix, size, borderMode=cv2.BORDER_REPLICATE))


def levels(image: Float[np.ndarray, 'height width 3']) -> Picture:
    """Round to what a sensor can tell."""
    return np.clip(np.rint(image), 0, 255).astype(np.uint8)


def webcam(image: Picture, draws: Draws) -> Picture:
    """Do all of it at once."""
    for effect in (
        partial(shift, columns=1.0), partial(darken_corners, loss=0.12),
        partial(expose, colours=(0.92, 0.85, 0.78)), partial(add_noise, std=4.0),
        partial(compress, quality=70),
    ):
        image = effect(image, draws)
    return image


def flicker(image: Picture, draws: Draws, phase: float) -> Picture:
    """Darken and brighten row after row, as mains light does; it begins at a phase [waves]."""
    wave = np.sin(2.0 * np.pi * (phase + WAVES * np.linspace(0.0, 1.0, len(image))))
    return levels(image * (1.0 + FLICKER * wave)[:, None, None])


def react(
    gains: Float[np.ndarray, '3'], excess: Float[np.ndarray, '3'],
) -> Float[np.ndarray, '3']:
    """Return the gains that automatic exposure and white balance come to within one picture.

    Both answer a part of the change, exposure the common one, and sooner.

    Args:
        gains: Logarithm of the gain of each colour now.
        excess: Logarithm of how much brighter each colour is than when the camera settled.
    """
    answer = -ANSWER * excess - gains
    exposure = answer.mean()
    return np.asarray(gains + EXPOSURE * exposure + WHITE_BALANCE * (answer - exposure))


class RealCamera:
    """A webcam that reacts to what it sees, one picture late, under lamps that flicker.

    It has settled on the first picture.
    """

    def __init__(self) -> None:
        """Switch it on."""
        self._gains, self._settled = np.zeros(3), np.zeros(3)
        self._taken, self._phase = 0, 0.0

    def __call__(self, image: Picture, draws: Draws) -> Picture:
        """Take the next picture."""
        colours = np.log1p(image.mean(axis=(0, 1)))
        if self._taken == 0:
            self._settled, self._phase = colours, draws.uniform()
        red, green, blue = np.exp(self._gains)
        lit = expose(image, draws, (red, green, blue))
        lit = flicker(lit, draws, self._phase + BEAT * self._taken)
        self._gains, self._taken = react(self._gains, colours - self._settled), self._taken + 1
        return webcam(lit, draws)


def leave(image: Picture, draws: Draws) -> Picture:
    """Do nothing."""
    return image


EFFECTS: Mapping[str, Effect | type[RealCamera]] = {
    'noise_4': partial(add_noise, std=4.0), 'noise_8': partial(add_noise, std=8.0),
    'noise_16': partial(add_noise, std=16.0),
    'darker_15': partial(expose, colours=(0.85, 0.85, 0.85)),
    'darker_30': partial(expose, colours=(0.7, 0.7, 0.7)),
    'darker_50': partial(expose, colours=(0.5, 0.5, 0.5)),
    'brighter_15': partial(expose, colours=(1.15, 1.15, 1.15)),
    'brighter_30': partial(expose, colours=(1.3, 1.3, 1.3)),
    'brighter_100': partial(expose, colours=(2.0, 2.0, 2.0)),
    'white_balance_8': partial(expose, colours=(1.08, 1.0, 0.92)),
    'white_balance_16': partial(expose, colours=(1.16, 1.0, 0.84)),
    'corners_12': partial(darken_corners, loss=0.12),
    'corners_24': partial(darken_corners, loss=0.24),
    'jpeg_30': partial(compress, quality=30), 'jpeg_15': partial(compress, quality=15),
    'shift_1': partial(shift, columns=1.0), 'shift_2': partial(shift, columns=2.0),
    'webcam': webcam, 'real': RealCamera,
}
"""Effects by name and strength: grey levels, percent, quality, pixels."""
NONE = 'none'


def make_effect(name: str) -> Effect:
    """Return an effect by its name, as a camera has it that was just switched on."""
    effect = EFFECTS.get(name, leave)
    return effect() if isinstance(effect, type) else effect
