"""Films as files: MP4, and moving pictures for web pages."""

from collections.abc import Iterable
from pathlib import Path

import av
import cv2
import numpy as np
from jaxtyping import UInt8
from PIL import Image

from foresight.errors import DatasetError


def write_video(path: Path, frames: Iterable[UInt8[np.ndarray, 'H W 3']], rate: int = 10) -> int:
    """Write an MP4 that browsers play, of RGB frames of one size; return how many there were.

    Raises:
        DatasetError: If there are no frames.
    """
    count = 0
    path.parent.mkdir(parents=True, exist_ok=True)
    with av.open(str(path), 'w', options={'movflags': '+faststart'}) as container:
        quality = {'crf': '23', 'preset': 'veryfast'}
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


def read_video(path: Path) -> tuple[list[UInt8[np.ndarray, 'H W 3']], float]:
    """Return the pictures of a film and how many a second it shows."""
    with av.open(str(path)) as container:
        pictures = [frame.to_ndarray(format='rgb24') for frame in container.decode(video=0)]
        return pictures, float(container.streams.video[0].average_rate or 1.0)


def write_moving_picture(
    film: Path, path: Path, width: int = 720, rate: int = 10, longest: float = 15.0,
) -> None:
    """Write a film as a small moving picture (WebP) that a web page plays by itself.

    Args:
        film: The film.
        path: File to write.
        width: Its width [px].
        rate: Pictures a second.
        longest: A film that takes longer is played faster [s].
    """
    pictures, shown = read_video(film)
    seconds = len(pictures) / shown
    count = max(round(min(seconds, longest) * rate), 1)
    chosen = np.linspace(0, len(pictures) - 1, count).round().astype(int)
    size = width, round(width * pictures[0].shape[0] / pictures[0].shape[1])
    small = [
        Image.fromarray(cv2.resize(pictures[index], size, interpolation=cv2.INTER_AREA))
        for index in chosen
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    small[0].save(
        path, save_all=True, append_images=small[1:], duration=round(1000 / rate), loop=0,
        quality=75, method=4,
    )
