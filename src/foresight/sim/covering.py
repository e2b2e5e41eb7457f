"""What lies on table, bins and floor as the camera sees it: pictures and shadows."""

import cv2
import numpy as np
from jaxtyping import Float, Int, UInt8

from foresight.protocols import CameraView
from foresight.settings import SceneConfig
from foresight.sim.appearance import Appearance
from foresight.sim.camera_effects import levels
from foresight.sim.scene import SceneBodies
from foresight.sim.settings import SimConfig
from foresight.sim.shadows import Lamp
from foresight.sim.textures import PLAIN, SIDE, draw_texture
from foresight.sim.textures import Picture as Texture
from foresight.sim.world import World
from foresight.world_model.observation.rectification import image_from_plane

TEXELS = (0.004, 0.005, 0.012)  # m, size of a texel on table, bins and floor
FINE = 3  # samples along each axis of a pixel
OTHER, TABLE, BIN, FLOOR = range(4)
Factor = Float[np.ndarray, 'height width 3']
Picture = UInt8[np.ndarray, 'height width 3']


class Covering:
    """Lays pictures and shadows of one episode over what was rendered in plain colours.

    The pictures are warped once a view; sides and walls show what lies in the plane they rise
    from. Shadows fall on table, bins and floor; a thing lies in one wholly or not at all.
    """

    def __init__(
        self, sim: SimConfig, scene: SceneConfig, bodies: SceneBodies, look: Appearance,
        generator: np.random.Generator,
    ) -> None:
        """Draw the pictures."""
        families = sim.surfaces
        self._textures = [draw_texture(family, generator) for family in families]
        self._textured = any(family != PLAIN for family in families)
        self._corners = _corners(scene) - generator.uniform(0.0, 0.1, (3, 2))
        self._depth = scene.table_height
        self._layers = _layers(bodies)
        self._lamp = Lamp(scene, look, bodies) if sim.shadows else None
        self._view: CameraView | None = None

    def lay(self, world: World, view: CameraView, image: Picture,
            seen: Int[np.ndarray, 'height width']) -> Picture:
        """Return a rendered image with all that lies on the surfaces.

        Args:
            world: What was rendered.
            view: The camera.
            image: Table, bins and floor in plain colours.
            seen: Body in each pixel; -1 where none is.
        """
        layer = self._layers[np.clip(seen, -1, len(self._layers) - 2)]
        factor = self._pictures(view, layer)
        if self._lamp is not None:
            table, floor, things = self._lamp.shades(world, view, -self._depth, seen)
            shade = np.where(layer == OTHER, things, np.where(layer == TABLE, table, floor))
            factor = factor * shade[..., None]
        return levels(image * factor)

    def _pictures(self, view: CameraView, layer: Int[np.ndarray, 'height width']) -> Factor:
        """Return the factor of the pictures on each pixel."""
        if not self._textured:
            return np.ones((*layer.shape, 3), np.float32)
        if view is not self._view:
            planes = 0.0, -self._depth, -self._depth
            parts = zip(self._textures, self._corners, TEXELS, planes, strict=True)
            self._warped = np.stack([np.ones((view.height, view.width, 3), np.float32),
                                     *(_warp(view, *part) for part in parts)])
            self._view = view
        rows, columns = np.arange(view.height)[:, None], np.arange(view.width)
        return np.asarray(self._warped[layer, rows, columns])


def make_covering(
    sim: SimConfig, scene: SceneConfig, bodies: SceneBodies, look: Appearance,
    generator: np.random.Generator,
) -> Covering | None:
    """Draw what lies on the surfaces; None if they are plain and there are no shadows."""
    if not sim.shadows and set(sim.surfaces) == {PLAIN}:
        return None
    return Covering(sim, scene, bodies, look, generator)


def _corners(scene: SceneConfig) -> Float[np.ndarray, '3 2']:
    """Return x and y where the pictures on table, bins and floor begin, before what is in view."""
    zones, around = scene.zones, SIDE * TEXELS[2] / 3
    return np.array([
        (scene.table_x[0], scene.table_y[0]),
        (min(zone.x[0] for zone in zones), min(zone.y[0] for zone in zones)),
        (scene.view_x[0] - around, scene.view_y[0] - around),
    ])


def _layers(bodies: SceneBodies) -> Int[np.ndarray, ' body']:
    """Return the layer of each body; the last is that of -1, the one before that of objects."""
    last = max(bodies.table, *bodies.bins, *bodies.rim)
    layers = np.full(last + 3, OTHER)
    layers[bodies.table], layers[list(bodies.bins)] = TABLE, BIN
    layers[list(bodies.rim)], layers[-1] = FLOOR, FLOOR
    return layers


def _warp(
    view: CameraView, texture: Texture, corner: Float[np.ndarray, '2'], texel: float,
    height: float,
) -> Factor:
    """Return a picture on a plane as the camera sees it, each pixel the mean of what is in it."""
    texture_from_plane = np.array(
        [[1 / texel, 0, -corner[0] / texel], [0, 1 / texel, -corner[1] / texel], [0, 0, 1]])
    shift = (1 / FINE - 1) / 2
    image_from_fine = np.array([[1 / FINE, 0, shift], [0, 1 / FINE, shift], [0, 0, 1]])
    matrix = texture_from_plane @ np.linalg.inv(image_from_plane(view, height)) @ image_from_fine
    # The first axis of a texture is x, which OpenCV counts second.
    fine = cv2.warpPerspective(
        texture.transpose(1, 0, 2), matrix, (FINE * view.width, FINE * view.height),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, borderMode=cv2.BORDER_REFLECT,
    )
    return np.asarray(cv2.resize(fine, (view.width, view.height), interpolation=cv2.INTER_AREA))
