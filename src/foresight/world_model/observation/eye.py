"""The eye: what differs from the empty table because a thing lies there, and not for the camera.

Light, white balance, lens and sensor change a picture without anything having moved. The picture
is moved back to where the empty table was seen, the empty table is lit as the picture is, the two
are compared, and what is no more than noise goes.
A picture that differs from the empty table only where things lie is left as it is, to the bit.
"""

from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
from jaxtyping import Bool, Float, Shaped, UInt8

Picture = Shaped[np.ndarray, 'row column 3']
"""Rectified image [grey levels]."""
Levels = Float[np.ndarray, 'row column 3']

LEAST_SHIFT, MOST_SHIFT = 0.1, 2.0  # other motions of the picture are not corrected [px]
DARK, BRIGHT = 8, 247  # outside of these a sensor is not linear [grey levels]
LEAST_LINEAR = 0.1  # share of the picture that must be linear to tell the light
SPARSE = 2  # the robust fit reads every row and column of so many: light is slow in space [px]
ROUNDS = 8  # of the robust fit
TUKEY = 4.7  # residuals so many times their scale do not count
LEAST_SCALE = 0.5  # of rounding [grey levels]
RIDGE = 1e-3  # holds a gain that the picture does not tell
NOISE = 1.5  # differences below so many times what is unexplained go
AROUND = 13  # width of the surroundings that tell the noise of a place [px]
LOUDEST = 3.0  # noise of a place over that of the whole picture, at most
EDGE = 0.6  # how far an edge may be from where it is expected [px]
CLEAR = 30.0  # differences above are no doubt, all colours together [grey levels]
NEAR = 5  # an edge is felt within a square so wide [px]


def see(image: Picture, empty: Picture) -> Levels:
    """Return the picture as it were in the light and the place of the empty table, without noise.

    Args:
        image: Picture of now.
        empty: Picture of the empty table, of the same camera.
    """
    placed, light = place(image, empty)
    difference = (placed - light.shine(empty)) / light.gain
    if light.scale > 0.0 or placed is not image:
        difference *= _sure(difference, light.scale, empty)[..., None]
    return np.asarray(empty + difference)


def unexplained(seen: Picture, empty: Picture) -> float:
    """Return which share of the view differs clearly from the empty table after all."""
    return float((np.abs(seen - empty).sum(axis=2) > CLEAR).mean())


def see_levels(image: Picture, empty: Picture) -> UInt8[np.ndarray, 'row column 3']:
    """Return what `see` does, rounded to grey levels, to be kept."""
    return np.asarray(np.clip(np.rint(see(image, empty)), 0, 255), np.uint8)


def _sure(difference: Levels, scale: float, empty: Picture) -> Float[np.ndarray, 'row column']:
    """Return which part of each difference is a thing: 0 for noise, 1 for more than twice that.

    Noise is what is unexplained in half of the pixels around, and what an edge out of place makes.
    """
    size = np.linalg.norm(difference, axis=2)
    around = cv2.medianBlur(np.clip(size, 0, 255).astype(np.uint8), AROUND)
    noise = NOISE * np.clip(around.astype(float), scale, LOUDEST * scale)
    doubt = noise**2 + (EDGE * _steepness(empty)) ** 2
    energy = cv2.blur(size**2, (3, 3))
    return np.asarray(np.clip(energy / np.maximum(doubt, 1e-9) - 1.0, 0.0, 1.0))


def place(image: Picture, empty: Picture) -> tuple[Picture, 'Light']:
    """Return the picture moved back, if that explains more of it, and how it is lit."""
    light, moved = fit_light(image, empty), move_back(image, empty)
    if moved is not image:
        there = fit_light(moved, empty)
        if there.misses(moved, empty) < light.misses(image, empty):
            return moved, there
    return image, light


def move_back(image: Picture, empty: Picture) -> Picture:
    """Move the picture to where the empty table was seen: there things are where they are.

    References:
        Evangelidis and Psarakis 2008, Parametric image alignment using enhanced correlation
        coefficient maximization.
    """
    now, before = (
        cv2.cvtColor(picture.astype(np.float32), cv2.COLOR_RGB2GRAY) for picture in (image, empty)
    )
    stop = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 20, 1e-3)
    matrix, everywhere = np.eye(2, 3, dtype=np.float32), np.full(now.shape, 255, np.uint8)
    try:
        # Only slopes of the empty table count, so that what lies on it moves nothing.
        _, found = cv2.findTransformECC(
            now, before, matrix, cv2.MOTION_TRANSLATION, stop, everywhere, 3,
        )
    except cv2.error:  # nothing to hold on to
        return image
    matrix = np.asarray(found)
    # A camera that moved more also turned: then the whole view shall surprise, and stop the arm.
    if not LEAST_SHIFT < np.hypot(*matrix[:, 2]) < MOST_SHIFT:
        return image
    # What moved out of the picture is taken from the empty table: nothing is known of it.
    return np.asarray(cv2.warpAffine(
        image.astype(np.float32), matrix, image.shape[1::-1], empty.astype(np.float32),
        cv2.INTER_LINEAR, cv2.BORDER_TRANSPARENT,
    ))


@dataclass(frozen=True)
class Light:
    """How a picture is lit, beside the empty table.

    Attributes:
        gain: Factor of each pixel and colour.
        offset: Grey levels added to each colour.
        scale: Median of what is left unexplained, in the light of the empty table [grey levels].
    """

    gain: Levels
    offset: Float[np.ndarray, '3']
    scale: float

    def shine(self, empty: Picture) -> Levels:
        """Return the empty table in this light, as bright as a sensor can tell."""
        return np.asarray(np.clip(self.gain * empty + self.offset, 0.0, 255.0))

    def misses(self, image: Picture, empty: Picture) -> float:
        """Return how much of a picture it leaves unexplained; what differs much counts once."""
        return float(np.abs(image - self.shine(empty)).clip(max=30.0).mean())


def fit_light(image: Picture, empty: Picture) -> Light:
    """Find gain (slow in space) and offset of each colour; what lies on the table is an outlier.

    References:
        Huber and Ronchetti 2009, Robust Statistics: iteratively reweighted least squares.
    """
    few = np.s_[::SPARSE, ::SPARSE]
    target, shade = (picture[few].reshape(-1, 3).astype(np.float64) for picture in (image, empty))
    linear = _linear(target) & _linear(shade)
    if linear.mean() < LEAST_LINEAR:
        return Light(np.ones(image.shape), np.zeros(3), 0.0)
    gain = np.median(target[linear] / shade[linear], axis=0)
    terms = _slow_terms(*image.shape[:2])
    factors, scale = _fit(terms[few].reshape(len(target), -1), target, shade, linear, gain)
    return Light(terms @ factors[:, :-1].T, factors[:, -1], scale)


def _fit(
    terms: Float[np.ndarray, 'pixel term'], target: Float[np.ndarray, 'pixel 3'],
    shade: Float[np.ndarray, 'pixel 3'], linear: Bool[np.ndarray, ' pixel'],
    gain: Float[np.ndarray, '3'],
) -> tuple[Float[np.ndarray, '3 factor'], float]:
    """Return the factors of the terms, then the offset, of each colour, and what is left.

    The fit begins with `gain`, which stays if it explains most pixels to the bit.
    """
    columns = np.stack([np.column_stack([terms * c[:, None], np.ones(len(c))]) for c in shade.T])
    ridge = RIDGE * np.eye(columns.shape[2])
    factors, scale = np.zeros((3, columns.shape[2], 1)), 0.0
    factors[:, 0, 0] = gain
    for _ in range(ROUNDS):
        lit = terms @ factors[:, :-1, 0].T
        residual = (target - lit * shade - factors[:, -1].T) / lit
        residual = np.sqrt(np.einsum('pc,pc->p', residual, residual))
        scale = float(np.median(residual[linear]))
        if scale == 0.0:
            break
        share = residual / (TUKEY * max(scale, LEAST_SCALE))
        weight = np.where(linear & (share < 1.0), (1.0 - share**2) ** 2, 0.0)
        weighted = (columns * weight[:, None]).transpose(0, 2, 1)  # colour factor pixel
        factors = np.linalg.solve(weighted @ columns + ridge, weighted @ target.T[..., None])
    return factors[..., 0], scale


def _linear(levels: Float[np.ndarray, 'pixel 3']) -> Bool[np.ndarray, ' pixel']:
    """Return which pixels a sensor measures faithfully."""
    return np.asarray(((levels > DARK) & (levels < BRIGHT)).all(axis=1))


@cache
def _slow_terms(rows: int, columns: int) -> Float[np.ndarray, 'row column term']:
    """Return the terms of a gain that is a square polynomial of the place."""
    y, x = np.mgrid[-1:1:rows * 1j, -1:1:columns * 1j]
    return np.stack([np.ones_like(x), x, y, x * x, x * y, y * y], axis=2)


def _steepness(picture: Picture) -> Float[np.ndarray, 'row column']:
    """Return how much the picture changes within a pixel, where it is steepest nearby."""
    levels = picture.astype(np.float32)
    slopes = [cv2.Sobel(levels, cv2.CV_32F, x, 1 - x, scale=1 / 8) for x in (0, 1)]
    steep = np.sqrt(np.square(slopes).sum(axis=(0, 3)))
    return np.asarray(cv2.dilate(steep, np.ones((NEAR, NEAR), np.uint8)))
