"""Images as cameras send them: plain or compressed, in the common encodings, read as RGB."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import cv2
import numpy as np
from jaxtyping import UInt8

from foresight.errors import ObservationError
from foresight.pictures import JPEG, PNG, Picture, size_of, unpack

ORDERS = {
    'rgb8': (3, (0, 1, 2)), 'bgr8': (3, (2, 1, 0)), 'rgba8': (4, (0, 1, 2)),
    'bgra8': (4, (2, 1, 0)), 'mono8': (1, (0, 0, 0)), '8UC1': (1, (0, 0, 0)),
}
"""Bytes of a pixel, and which of them are red, green and blue."""
CODES = {
    'yuv422': (2, cv2.COLOR_YUV2RGB_UYVY), 'uyvy': (2, cv2.COLOR_YUV2RGB_UYVY),
    'yuv422_yuy2': (2, cv2.COLOR_YUV2RGB_YUYV), 'yuyv': (2, cv2.COLOR_YUV2RGB_YUYV),
    'bayer_rggb8': (1, cv2.COLOR_BayerRGGB2RGB), 'bayer_bggr8': (1, cv2.COLOR_BayerBGGR2RGB),
    'bayer_gbrg8': (1, cv2.COLOR_BayerGBRG2RGB), 'bayer_grbg8': (1, cv2.COLOR_BayerGRBG2RGB),
}
"""Bytes of a pixel, and how OpenCV calls the way to RGB."""
DEPTH = ('16UC1', '16SC1', '32FC1')


def image_array(message: Any) -> Picture:
    """Read a colour or grey image, or a compressed one, as RGB; of 16 bits the upper 8.

    Raises:
        ObservationError: If the encoding is another one, or size and data do not go together.
    """
    if hasattr(message, 'format'):
        return _decoded(message)
    given = message.encoding
    encoding, channels, wide = _layout(given)
    rows = rows_of(message, channels * (2 if wide else 1))
    if wide:
        rows = rows[:, 0 if message.is_bigendian else 1::2]
    pixels = rows.reshape(message.height, message.width, channels)
    if encoding in ORDERS:
        return np.ascontiguousarray(pixels[..., ORDERS[encoding][1]])
    if message.width % 2 or message.height % 2:
        raise ObservationError(f'an image in {given} has even sides: set the camera to rgb8')
    return np.asarray(cv2.cvtColor(np.ascontiguousarray(pixels), CODES[encoding][1]))


def image_size(message: Any) -> tuple[int, int]:
    """Return height and width of an image without decoding it; see `image_array`."""
    if hasattr(message, 'format'):
        return _sized(message)
    _, channels, wide = _layout(message.encoding)
    rows_of(message, channels * (2 if wide else 1))
    return int(message.height), int(message.width)


def _layout(given: str) -> tuple[str, int, bool]:
    """Return the encoding of 8 bits, its bytes of a pixel, and whether there are 16."""
    wide = given.endswith('16')
    encoding = f'{given.removesuffix("16")}8' if wide else given
    if encoding not in ORDERS and encoding not in CODES:
        raise ObservationError(
            f'image encoding {given} is a depth image: remap to the colour image'
            if given in DEPTH else f'image encoding {given!r} is unknown: set the camera to rgb8'
        )
    channels, _ = ORDERS.get(encoding) or CODES[encoding]
    return encoding, channels, wide


def rows_of(message: Any, pixel: int) -> UInt8[np.ndarray, 'height row']:
    """Return the bytes of each row without padding; `pixel` is the size of a pixel in bytes."""
    data = np.frombuffer(message.data, np.uint8)
    needed = message.width * pixel
    if not needed or message.step < needed or len(data) != message.step * message.height:
        raise ObservationError(
            f'image of {message.width} x {message.height} in {message.encoding} has '
            f'{len(data)} bytes in rows of {message.step}: check the camera driver'
        )
    return data.reshape(message.height, message.step)[:, :needed]


def _decoded(message: Any) -> Picture:
    """Decode a JPEG or PNG."""
    with _readable(message) as data:
        return unpack(data)


def _sized(message: Any) -> tuple[int, int]:
    """Read the size of a JPEG or PNG."""
    with _readable(message) as data:
        return size_of(data)


@contextmanager
def _readable(message: Any) -> Iterator[bytes]:
    """Yield the bytes of a JPEG or PNG, and say what is wrong with them."""
    data = bytes(message.data)
    if 'compressedDepth' in message.format or not data.startswith((JPEG, PNG)):
        raise ObservationError(
            f'the compressed image ({message.format!r}) is neither JPEG nor PNG in colour: set '
            'the camera driver to one of them'
        )
    try:
        yield data
    except ValueError as error:
        raise ObservationError(
            f'the compressed image cannot be used ({error}): check camera driver and network'
        ) from error
