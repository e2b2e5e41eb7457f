"""The lamp over a scene: what it does not see lies in soft shadow."""

import cv2
import numpy as np
from jaxtyping import Bool, Float

from foresight.sim.viewer.depth import is_nearer, pixels_of, shoot, stand_at
from foresight.sim.world import World

TOWARDS = np.array([0.62, -0.42, 1.0]) / np.linalg.norm([0.62, -0.42, 1.0])
"""Direction towards the lamp in the table's frame."""
DISTANCE, SPREAD = 2.0, 0.98  # m, to the middle of the scene, and radius of what is lit
SIDE = 480  # pixels along each side of its picture
SLACK = 0.012  # m, a surface does not shade itself
Shade = Float[np.ndarray, 'height width']
Places = tuple[Shade, Shade, Shade]
"""Column, row and depth [m] of pixels in the picture of the lamp."""


class Lamp:
    """Hangs over the middle of a scene and sees the things that throw shadows."""

    def __init__(self, target: Float[np.ndarray, '3']) -> None:
        """Hang it."""
        focal = SIDE / 2 / (SPREAD / DISTANCE)
        self._view = stand_at(target + DISTANCE * TOWARDS, target, focal, (SIDE, SIDE))

    def depth(self, world: World) -> Float[np.ndarray, 'side side']:
        """Return how far off it sees the first thing in each direction [m]."""
        return shoot(world, self._view, TOWARDS).depth

    def map_of(self, points: Float[np.ndarray, 'height width 3']) -> Places:
        """Return where points [m] are in its picture."""
        return pixels_of(self._view, points)

    def shade(
        self, depth: Float[np.ndarray, 'side side'], places: Places, soft: float,
    ) -> Shade:
        """Return how much of each place is in shadow, from 0 to 1.

        Args:
            depth: What `depth` returned.
            places: What `map_of` returned.
            soft: Standard deviation of the edge of a shadow [px].
        """
        hidden: Bool[np.ndarray, 'height width'] = is_nearer(depth, *places, SLACK)
        return np.asarray(cv2.GaussianBlur(hidden.astype(np.float32), (0, 0), soft))

