"""What a tap does to what messages say: pictures, joints and latents are spoilt in place."""

from array import array
from collections.abc import Callable, Iterable
from copy import deepcopy
from typing import Any

import numpy as np


def _pixels(message: Any) -> np.ndarray:
    return np.frombuffer(message.data, np.uint8).reshape(message.height, message.width, 3)


def _fill(message: Any, pixels: np.ndarray, encoding: str) -> Iterable[Any]:
    message.height, message.width = pixels.shape[:2]
    message.step, message.encoding = pixels.nbytes // pixels.shape[0], encoding
    message.data = array('B', pixels.tobytes())
    return (message,)


def black(message: Any) -> Iterable[Any]:
    """Put the lens cap on."""
    return _fill(message, np.zeros_like(_pixels(message)), 'rgb8')


def half(message: Any) -> Iterable[Any]:
    """Leave out every second row and column, of the intrinsics too."""
    if hasattr(message, 'k'):
        message.height, message.width = message.height // 2, message.width // 2
        message.k = [0.5 * value if index < 6 else value for index, value in enumerate(message.k)]
        message.p = [0.5 * value if index < 8 else value for index, value in enumerate(message.p)]
        return (message,)
    return _fill(message, _pixels(message)[::2, ::2], 'rgb8')


def bgr(message: Any) -> Iterable[Any]:
    """Send the same picture in another order of bytes."""
    return _fill(message, _pixels(message)[..., ::-1], 'bgr8')


def grey(message: Any) -> Iterable[Any]:
    """Send the picture without its colours."""
    return _fill(message, _pixels(message)[..., 1:2], 'mono8')


def depth(message: Any) -> Iterable[Any]:
    """Send the picture of a depth camera."""
    return _fill(message, _pixels(message)[..., :2], '16UC1')


def not_finite(message: Any) -> Iterable[Any]:
    """Put a NaN among the positions, or among the features of a latent."""
    if hasattr(message, 'position'):
        message.position[2] = float('nan')
        return (message,)
    cells = np.frombuffer(message.data, np.float32).copy()
    cells[len(cells) // 2] = np.nan
    message.data = array('B', cells.tobytes())
    return (message,)


def other_model(message: Any) -> Iterable[Any]:
    """Send the latent of a model that has one row of cells less."""
    message.height -= 1
    message.data = message.data[: message.step * message.height]
    return (message,)


def permuted(message: Any) -> Iterable[Any]:
    """Mix up which position is whose."""
    message.position = [*message.position[1:], message.position[0]]
    return (message,)


def reordered(message: Any) -> Iterable[Any]:
    """Name the joints in another order."""
    for name in ('name', 'position', 'velocity', 'effort'):
        setattr(message, name, list(getattr(message, name))[::-1])
    return (message,)


def missing(message: Any) -> Iterable[Any]:
    """Leave out the last joint."""
    for name in ('name', 'position', 'velocity'):
        setattr(message, name, list(getattr(message, name))[:-1])
    return (message,)


def split(message: Any) -> Iterable[Any]:
    """Send the joints in two messages of one stamp."""
    other = deepcopy(message)
    for name in ('name', 'position', 'velocity'):
        values = list(getattr(message, name))
        setattr(message, name, values[:4])
        setattr(other, name, values[4:])
    return message, other


def without_velocities(message: Any) -> Iterable[Any]:
    """Send positions alone."""
    message.velocity = []
    return (message,)


EDITS: dict[str, Callable[[Any], Iterable[Any]]] = {
    'black': black, 'half': half, 'bgr': bgr, 'grey': grey, 'depth': depth, 'nan': not_finite,
    'other_model': other_model, 'permute': permuted, 'reorder': reordered, 'miss': missing,
    'split': split, 'no_velocities': without_velocities,
}
