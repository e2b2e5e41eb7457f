"""The look of a film: colours, type and the pictures that stand on it."""

from functools import cache

import cv2
import numpy as np
from jaxtyping import Float, UInt8
from PIL import Image, ImageDraw, ImageFont

TEXT, MUTED, PAPER = (32, 36, 42), (104, 110, 118), (244, 245, 246)
ACCENT = (196, 84, 24)
CANDIDATE = (84, 122, 160)
"""Colour of an action that was imagined and not chosen, RGB."""
RADIUS = 9  # px, of the corners of a picture
BOLD = 0.45  # px, how much wider bold strokes are on each side
Picture = UInt8[np.ndarray, '_ _ 3']
Color = tuple[int, int, int]


def write(
    picture: Picture, place: tuple[int, int], words: str, size: int, color: Color = TEXT,
    bold: bool = False, right: bool = False,
) -> None:
    """Write a line in place; `place` is its upper left corner, or the upper right one."""
    font = _font(size)
    width, height = int(font.getlength(words)) + 4, round(1.5 * size)
    left = place[0] - width + 4 if right else place[0]
    part = picture[place[1]:place[1] + height, left:left + width]
    paper = Image.fromarray(np.ascontiguousarray(part))
    ImageDraw.Draw(paper).text(
        (0, 0), words, font=font, fill=color, stroke_width=BOLD if bold else 0, stroke_fill=color,
    )
    part[:] = np.asarray(paper)


@cache
def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """Return the typeface that comes with Pillow, Aileron."""
    return ImageFont.load_default(size)


def put(
    canvas: Picture, picture: Picture, place: tuple[int, int], size: tuple[int, int],
    border: Color | None = None, strength: float = 1.0,
) -> None:
    """Put a picture with round corners into another one, in place.

    Args:
        canvas: What it is put into.
        picture: What is put there, of any size.
        place: Its upper left corner [px].
        size: Its width and height there [px].
        border: Colour of a line around it.
        strength: How much it covers what is below, from 0 to 1.
    """
    kind = cv2.INTER_CUBIC if picture.shape[1] < size[0] else cv2.INTER_AREA
    scaled = cv2.resize(picture, size, interpolation=kind)
    (left, top), (width, height) = place, size
    part = canvas[top:top + height, left:left + width]
    share = strength * corners(size)[..., None]
    part[:] = np.round(part * (1.0 - share) + scaled * share).astype(np.uint8)
    if border is not None:
        ring = frame(size)[..., None] * strength
        around = canvas[top - 3:top + height + 3, left - 3:left + width + 3]
        around[:] = np.round(around * (1.0 - ring) + ring * np.array(border)).astype(np.uint8)


@cache
def corners(size: tuple[int, int]) -> Float[np.ndarray, 'height width']:
    """Return the mask of a rectangle with round corners."""
    return _rounded((size[0], size[1]), (0, 0, *size), RADIUS)


@cache
def frame(size: tuple[int, int]) -> Float[np.ndarray, 'height width']:
    """Return the mask of a line of 3 px around a rectangle with round corners."""
    whole = size[0] + 6, size[1] + 6
    outer = _rounded(whole, (0, 0, *whole), RADIUS + 3)
    return outer - _rounded(whole, (3, 3, size[0] + 3, size[1] + 3), RADIUS)


def _rounded(
    size: tuple[int, int], box: tuple[int, int, int, int], radius: int,
) -> Float[np.ndarray, 'height width']:
    """Draw a smooth rectangle with round corners."""
    scale = 4
    mask = Image.new('L', (scale * size[0], scale * size[1]))
    left, top, right, bottom = (scale * side for side in box)
    ImageDraw.Draw(mask).rounded_rectangle(
        (left, top, right - 1, bottom - 1), scale * radius, fill=255,
    )
    small = mask.resize(size, Image.Resampling.BOX)
    return np.asarray(small, np.float32) / np.float32(255.0)
