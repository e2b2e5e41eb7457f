"""The room around the scene: a plain floor that runs into a plain wall, as in a studio."""

import numpy as np
from jaxtyping import Float

from foresight.protocols import CameraView
from foresight.sim.viewer.depth import points_of

NEAR, FAR = np.array([229.0, 230.0, 231.0]), np.array([203.0, 207.0, 212.0])
"""RGB colour of the floor at the scene and far from it."""
REACH = 3.2  # m, from the scene to where it is as far as can be
STEEP = 0.02  # least downward slope of a ray that meets the floor


def backdrop(
    view: CameraView, floor: float, middle: Float[np.ndarray, '3'],
) -> tuple[Float[np.ndarray, 'height width 3'], Float[np.ndarray, 'height width 3']]:
    """Return the colour of the room in each pixel, and where it is seen [m].

    Args:
        view: The camera.
        floor: Height of the floor [m].
        middle: Where the scene is [m].
    """
    place = view.base_from_camera[:3, 3].astype(np.float32)
    rays = points_of(view, np.ones((view.height, view.width), np.float32)) - place
    down = np.minimum(rays[..., 2], -STEEP)
    points = place + rays * ((floor - place[2]) / down)[..., None]
    away = np.linalg.norm(points[..., :2] - middle[:2].astype(np.float32), axis=-1)
    share = np.clip((away - 0.4) / REACH, 0.0, 1.0)
    share = share * share * (3.0 - 2.0 * share)
    return NEAR + (FAR - NEAR) * share[..., None], points.astype(np.float32)
