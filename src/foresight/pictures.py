"""Compressed pictures, PNG and JPEG: their size is known before they are unpacked."""

import cv2
import numpy as np
from jaxtyping import UInt8

Picture = UInt8[np.ndarray, 'height width 3']
MOST_PIXELS, LONGEST_SIDE, MOST_SCANS = 1 << 23, 1 << 13, 64
"""Of a picture; a JPEG is drawn scan by scan."""
LARGEST_FILE = 1 << 26
"""Bytes of a picture file."""
PNG = b'\x89PNG\r\n\x1a\n'
JPEG = b'\xff\xd8'
FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}
"""Markers of a JPEG that tell its size."""
SCAN, END = b'\xff\xda', b'\xff\xd9'
UPRIGHT = cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION
"""How a picture is unpacked: in colour, as its pixels lie."""


def unpack(data: bytes) -> Picture:
    """Return a PNG or JPEG picture as RGB.

    Raises:
        ValueError: If it is none, or is too large.
    """
    height, width = size_of(data)
    if not _is_whole(data):
        raise ValueError(f'a damaged picture of {width} x {height} pixels')
    if not (0 < height <= LONGEST_SIDE and 0 < width <= LONGEST_SIDE
            and height * width <= MOST_PIXELS):
        raise ValueError(f'a picture of {width} x {height} pixels, which is too large')
    try:
        pixels = cv2.imdecode(np.frombuffer(data, np.uint8), UPRIGHT)
    except cv2.error as error:
        raise ValueError(str(error)) from error
    if pixels is None:
        raise ValueError('a damaged picture')
    return np.ascontiguousarray(np.asarray(pixels, np.uint8)[..., ::-1])


def _is_whole(data: bytes) -> bool:
    """Tell whether the end is there; of half a picture OpenCV makes grey rows."""
    return b'IEND' in data[-12:] if data.startswith(PNG) else data.rstrip(b'\0').endswith(END)


def size_of(data: bytes) -> tuple[int, int]:
    """Read height and width of a PNG or JPEG picture.

    Raises:
        ValueError: If it is none, or damaged.
    """
    if data.startswith(PNG):
        if data[12:16] != b'IHDR' or len(data) <= 24:
            raise ValueError('a damaged PNG picture')
        return int.from_bytes(data[20:24]), int.from_bytes(data[16:20])
    if data.startswith(JPEG) and data.count(SCAN) <= MOST_SCANS:
        return _size_of_jpeg(data)
    raise ValueError('neither a PNG nor a JPEG picture')


def _size_of_jpeg(data: bytes) -> tuple[int, int]:
    """Walk over the segments of a JPEG to the one that tells its size."""
    place = len(JPEG)
    while place + 9 <= len(data):
        if data[place] != 0xFF or data[place + 1] == 0xFF:
            place += 1  # bytes that fill
        elif data[place + 1] in FRAMES:
            return (int.from_bytes(data[place + 5:place + 7]),
                    int.from_bytes(data[place + 7:place + 9]))
        else:
            place += 2 + int.from_bytes(data[place + 2:place + 4])
    raise ValueError('a damaged JPEG picture')
