"""Notices a camera that no longer shows what is there: frozen, covered, changed or late."""

import numpy as np
from jaxtyping import Float, UInt8

from foresight.errors import ObservationError
from foresight.protocols import CameraView

Picture = UInt8[np.ndarray, 'height width 3']
Pixel = Float[np.ndarray, '2']
LATE = 2.0  # an image this old when it comes says nothing about now [s]
SEEN_TO_MOVE = 0.1  # so far the tool moves in a picture that must change, of its width
LIVELY, MOST_ALIKE = 10, 5  # images that all differ make a noisy camera; alike ones freeze it
NOISE = 0.2  # share of the pixels that noise changes from image to image
FLAT, GREY = 0.25, 0.1  # shares of the empty table's contrast and colour that are none
SAMPLES = 4000  # pixels that contrast and colour are told by


class FrameMonitor:
    """Holds every image against those before it, and against the empty table."""

    def __init__(self) -> None:
        """Wait for the first image."""
        self._contrast = self._colour = 0.0
        self.begin()

    def begin(self) -> None:
        """Forget the images so far."""
        self._stamp = -np.inf
        self._last: Picture | None = None
        self._tool: Pixel | None = None
        self._alike, self._lively, self._frozen = 0, 0, False

    def compare_with(self, empty: Picture) -> None:
        """Take an image of the empty table: how much contrast and colour there is."""
        self._contrast, self._colour = _contrast(_sample(empty)), _colour(_sample(empty))

    def is_new(self, stamp: float, now: float) -> bool:
        """Return whether an image is newer than those before; a clock set back begins anew.

        Raises:
            ObservationError: If it comes too late to be used.
        """
        if now < self._stamp - LATE:
            self.begin()
        if stamp <= self._stamp:
            return False
        self._stamp = stamp
        if now - stamp > LATE:
            raise ObservationError(
                f'the image is {now - stamp:.1f} s old when it comes: check camera driver, '
                'network and clocks'
            )
        return True

    def check(self, image: Picture, tool: Pixel | None) -> None:
        """Look at the next image.

        Args:
            image: The image.
            tool: Where in it the tool must be by the joints [px]; None if they are not known.

        Raises:
            ObservationError: If the camera does not show what is there.
        """
        if self._last is not None and self._last.shape != image.shape:
            (old, new) = (f'{each.shape[1]} x {each.shape[0]}' for each in (self._last, image))
            raise ObservationError(
                f'the image was {old} and is {new} now: set the camera as it was, or activate '
                'perception again and capture the empty table'
            )
        sample = _sample(image)
        changed = 1.0 if self._last is None else float(np.mean(sample != _sample(self._last)))
        if self._last is None or changed or not np.array_equal(image, self._last):
            self._lively = self._lively + 1 if changed > NOISE and not self._alike else 0
            self._renew(image, tool)
        else:
            self._alike += 1
            self._check_motion(tool)
        self._check_light(sample)

    def _renew(self, image: Picture, tool: Pixel | None) -> None:
        """Take an image that differs."""
        self._last, self._tool, self._alike, self._frozen = image, tool, 0, False

    def _check_motion(self, tool: Pixel | None) -> None:
        """Object to a picture that stands still although it cannot."""
        noisy = self._lively >= LIVELY and self._alike >= MOST_ALIKE
        self._frozen |= noisy or self._must_differ(tool)
        if self._frozen:
            raise ObservationError(
                'the picture is frozen, pixel for pixel, while its stamps go on: restart the '
                'camera driver'
            )

    def _must_differ(self, tool: Pixel | None) -> bool:
        """Return whether the tool has moved into the picture, in it or out of it."""
        if self._last is None or self._tool is None or tool is None:
            return False
        height, width, _ = self._last.shape
        seen = any(0.0 <= x < width and 0.0 <= y < height for x, y in (self._tool, tool))
        return seen and bool(np.abs(tool - self._tool).max() > SEEN_TO_MOVE * width)

    def _check_light(self, sample: Picture) -> None:
        """Object to a picture without contrast or colour."""
        if _contrast(sample) < FLAT * self._contrast:
            raise ObservationError(
                'the picture is nearly of one colour, the empty table was not: uncover the lens, '
                'check light and exposure'
            )
        if _colour(sample) < GREY * self._colour:
            raise ObservationError(
                'the picture is grey, the empty table was in colour: set the camera to colour'
            )


def pixel_of(point: Float[np.ndarray, '3'], view: CameraView) -> Pixel | None:
    """Return where a point in `base_link` [m] is in an image [px]; None if behind the camera."""
    pose = view.base_from_camera
    ray = view.matrix @ (pose[:3, :3].T @ (point - pose[:3, 3]))
    return np.asarray(ray[:2] / ray[2]) if ray[2] > 0.0 else None


def _sample(image: Picture) -> Picture:
    """Return pixels all over an image, a few thousand at most."""
    step = max(1, int((image.shape[0] * image.shape[1] / SAMPLES) ** 0.5))
    return image[::step, ::step]


def _contrast(sample: Picture) -> float:
    """Return how much the brightness differs from pixel to pixel."""
    return float(sample[..., 1].std())


def _colour(sample: Picture) -> float:
    """Return how far the pixels are from grey, in the mean."""
    return float(np.abs(sample[..., 0].astype(np.int16) - sample[..., 2]).mean())
