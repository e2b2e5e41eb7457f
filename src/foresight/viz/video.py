"""Films: the camera beside the overhead view with the planned action drawn."""

from collections.abc import Iterable
from pathlib import Path

import av
import cv2
import numpy as np
from jaxtyping import UInt8

from foresight.errors import DatasetError

PAPER, INK = (18, 20, 24), (222, 222, 222)
GAP = 12


def beside(
    left: UInt8[np.ndarray, 'h1 w1 3'], right: UInt8[np.ndarray, 'h2 w2 3'], caption: str = '',
    height: int = 384,
) -> UInt8[np.ndarray, 'H W 3']:
    """Return one frame: two pictures of equal height and a caption below them."""
    pictures = [_fit(left, height), _fit(right, height)]
    width = sum(picture.shape[1] for picture in pictures) + 3 * GAP
    canvas = np.full((height + 2 * GAP + 28, width, 3), PAPER, np.uint8)
    column = GAP
    for picture in pictures:
        canvas[GAP : GAP + height, column : column + picture.shape[1]] = picture
        column += picture.shape[1] + GAP
    place = (GAP, height + GAP + 24)
    cv2.putText(canvas, caption, place, cv2.FONT_HERSHEY_SIMPLEX, 0.55, INK, 1, cv2.LINE_AA)
    return canvas


def write_video(path: Path, frames: Iterable[UInt8[np.ndarray, 'H W 3']], rate: int = 10) -> int:
    """Write an MP4 that browsers play, of RGB frames of one size; return how many there were.

    Raises:
        DatasetError: If there are no frames.
    """
    count = 0
    path.parent.mkdir(parents=True, exist_ok=True)
    with av.open(str(path), 'w', options={'movflags': '+faststart'}) as container:
        quality = {'crf': '23', 'preset': 'fast'}
        stream = container.add_stream('libx264', rate=rate, options=quality)
        stream.pix_fmt = 'yuv420p'
        for image in frames:
            even = image[: image.shape[0] // 2 * 2, : image.shape[1] // 2 * 2]
            if not count:
                stream.height, stream.width = even.shape[:2]
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(even), format='rgb24')
            container.mux(stream.encode(frame))
            count += 1
        if count:
            container.mux(stream.encode())
    if not count:
        path.unlink(missing_ok=True)
        raise DatasetError(f'{path}: no camera image was received, so there is no film')
    return count


def _fit(image: UInt8[np.ndarray, 'h w 3'], height: int) -> UInt8[np.ndarray, 'H W 3']:
    """Scale an image to a height."""
    size = (round(image.shape[1] * height / image.shape[0]), height)
    kind = cv2.INTER_CUBIC if height > image.shape[0] else cv2.INTER_AREA
    return np.asarray(cv2.resize(image, size, interpolation=kind), np.uint8)
