"""Shadows on table and floor: what the lamp sees before them is in its light."""

import cv2
import numpy as np
from jaxtyping import Bool, Float, Int

from foresight.protocols import CameraView
from foresight.settings import SceneConfig
from foresight.sim.appearance import Appearance
from foresight.sim.camera import look_at, seen_bodies
from foresight.sim.scene import SceneBodies
from foresight.sim.world import World
from foresight.world_model.observation.rectification import image_from_plane

DISTANCE = 1.9  # m, from the middle of the view to the lamp
SIDE = 128  # pixels along each side of the picture that the lamp takes
SPREAD = 0.85  # m, radius of what it sees
SOFT = 1.0  # pixels, standard deviation of the edge of a shadow
Shade = Float[np.ndarray, 'height width']


class Lamp:
    """The lamp of one episode: it takes a picture, and what it sees first throws a shadow.

    The renderer's own shadows cost four times as much, and small things have none.
    """

    def __init__(self, scene: SceneConfig, look: Appearance, bodies: SceneBodies) -> None:
        """Hang it where the light comes from."""
        target = np.array([sum(scene.view_x) / 2, sum(scene.view_y) / 2, 0.0])
        focal = SIDE / 2 / (SPREAD / DISTANCE)
        middle = SIDE / 2 - 0.5
        matrix = np.array([[focal, 0.0, middle], [0.0, focal, middle], [0.0, 0.0, 1.0]])
        pose = look_at(target + DISTANCE * look.light_direction, target)
        self._view, self._table = CameraView(matrix, pose, SIDE, SIDE), bodies.table
        self._flat = np.array((-1, *bodies.bins, *bodies.rim))
        direct = look.diffuse * look.light_direction[2]
        self._dark = look.ambient / (look.ambient + direct)

    def shades(
        self, world: World, view: CameraView, floor: float, shown: Int[np.ndarray, 'height width'],
    ) -> tuple[Shade, Shade, Shade]:
        """Return the light left in each pixel if it shows the table, the floor, or a thing.

        Args:
            world: What stands there.
            view: The camera.
            floor: Height of floor and bin bottoms [m].
            shown: Body in each pixel; it is in the dark if the lamp sees nothing of it.
        """
        seen = seen_bodies(world, self._view)
        above = ~np.isin(seen, self._flat)
        return (self._shade(above & (seen != self._table), view, 0.0),
                self._shade(above, view, floor),
                np.where(np.isin(shown, seen), 1.0, self._dark))

    def _shade(
        self, blocked: Bool[np.ndarray, 'side side'], view: CameraView, height: float,
    ) -> Shade:
        """Return the light left in each pixel of a plane."""
        soft = cv2.GaussianBlur(blocked.astype(np.float32), (0, 0), SOFT)
        lamp_from_image = image_from_plane(self._view, height) @ np.linalg.inv(
            image_from_plane(view, height))
        shadow = cv2.warpPerspective(
            soft, lamp_from_image, (view.width, view.height),
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        )
        return np.asarray(1.0 - (1.0 - self._dark) * shadow)
