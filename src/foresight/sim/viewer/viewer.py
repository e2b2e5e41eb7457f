"""The viewer camera: stands beside the table and sees the arm as a person would."""

from collections.abc import Callable

import cv2
import numpy as np
from jaxtyping import Float, UInt8

from foresight.closing import Closing
from foresight.robots.arm import ArmModel
from foresight.settings import SceneConfig
from foresight.sim.appearance import Appearance
from foresight.sim.clear_table import ClearTable
from foresight.sim.settings import SimConfig
from foresight.sim.site import Site
from foresight.sim.viewer.backdrop import backdrop
from foresight.sim.viewer.depth import part_of, pixels_of, points_of, shoot, stand_at
from foresight.sim.viewer.lamp import TOWARDS, Lamp
from foresight.sim.viewer.stage import Movers, furniture

SIZE = 1280, 720
FINE = 2  # each pixel is drawn as so many squared
FIELD = 0.36  # rad, half of the vertical field of view
PLACE, TARGET = np.array([1.28, 0.86, 0.72]), np.array([-0.10, -0.06, 0.16])
"""Where the camera stands and what it looks at, from the middle of the view [m]."""
REACH = 0.6  # m, half of the longer side of the view that they are made for
SHIFT = -205.0, -26.0  # px, the table stands left of the middle: room for what is shown beside it
MARGIN = 6  # px, around what moves
DARK = 0.40  # share of the light that a shadow takes
SOFT = 2.2  # px, edge of a shadow
Canvas = Float[np.ndarray, 'height width 3']
Picture = UInt8[np.ndarray, 'height width 3']
Box = tuple[int, int, int, int]
"""Left, top, right and bottom of a part of a picture [px]."""


class Viewer(Closing):
    """Draws moments of one episode; it needs the seed of the episode and no physics.

    Attributes:
        view: The camera.
    """

    def __init__(self, sim: SimConfig, site: Site, arm: ArmModel) -> None:
        """Set up the scene of the seed of `sim`."""
        with ClearTable(sim, site.scene, site.camera, arm) as table:
            specs, look = table.bodies.specs, table.look
        middle = _middle(site.scene)
        size = max(_half(site.scene.view_x), _half(site.scene.view_y)) / REACH
        focal = SIZE[1] / 2 / np.tan(FIELD)
        self.view = stand_at(middle + size * PLACE, middle + size * TARGET, focal, SIZE, SHIFT)
        self._lamp = Lamp(middle + TARGET)
        self._draw_furniture(sim, site.scene, look)
        self._movers = Movers(sim, arm, specs)

    def _draw_furniture(self, sim: SimConfig, scene: SceneConfig, look: Appearance) -> None:
        """Draw once what never moves, and keep where each pixel of it lies."""
        view = part_of(self.view, (0, 0, *SIZE), FINE)
        with furniture(sim, scene, look) as world:
            shot, blocked = shoot(world, view, TOWARDS), self._lamp.depth(world)
        there = np.isfinite(shot.depth)[..., None]
        room, floor = backdrop(view, -scene.table_height, _middle(scene))
        points = np.where(there, points_of(view, shot.depth), floor)
        shade = self._lamp.shade(blocked, self._lamp.map_of(points), FINE * SOFT)
        color = np.where(there, shot.color, room).astype(np.float32)
        self._depth, self._still = shot.depth, _shrink(color)
        self._lit = 1.0 - _shrink(shade)
        self._places = self._lamp.map_of(_thin(points))

    def picture(
        self, joints: Float[np.ndarray, ' joint'], positions: Float[np.ndarray, 'object 3'],
        orientations: Float[np.ndarray, 'object 4'],
        paint: Callable[[Canvas], None] | None = None,
    ) -> Picture:
        """Draw one moment.

        Args:
            joints: Positions of the arm's joints [rad].
            positions: Where the objects are [m].
            orientations: Their quaternions (x, y, z, w).
            paint: Paints on the table, under everything that moves.
        """
        self._movers.place(joints, positions, orientations)
        blocked = self._lamp.depth(self._movers.world)
        # A pixel that the furniture shades already gets no darker.
        shade = 1.0 - self._lit * (1.0 - self._lamp.shade(blocked, self._places, SOFT))
        canvas = self._still.copy()
        if paint is not None:
            paint(canvas)
        canvas *= (1.0 - DARK * shade)[..., None]
        self._lay(canvas, blocked)
        return np.clip(canvas, 0.0, 255.0).astype(np.uint8)

    def _lay(self, canvas: Canvas, blocked: Float[np.ndarray, 'side side']) -> None:
        """Lay what moves over what does not, where it is nearer."""
        left, top, right, bottom = box = self._box()
        if right <= left or bottom <= top:
            return
        shot = shoot(self._movers.world, part_of(self.view, box, FINE), TOWARDS)
        behind = self._depth[FINE * top:FINE * bottom, FINE * left:FINE * right]
        shown = (shot.depth < behind).astype(np.float32)
        points = points_of(part_of(self.view, box, 1), _thin(shot.depth))
        shade = self._lamp.shade(blocked, self._lamp.map_of(points), SOFT)
        part = canvas[top:bottom, left:right]
        part *= 1.0 - _shrink(shown)[..., None]
        part += _shrink(shot.color * shown[..., None]) * (1.0 - DARK * shade)[..., None]

    def _box(self) -> Box:
        """Return the part of the picture in which something may move."""
        columns, rows, _ = pixels_of(self.view, self._movers.corners())
        left, right = np.clip([columns.min() - MARGIN, columns.max() + MARGIN], 0, SIZE[0])
        top, bottom = np.clip([rows.min() - MARGIN, rows.max() + MARGIN], 0, SIZE[1])
        return int(left), int(top), int(right), int(bottom)

    def close(self) -> None:
        """Disconnect."""
        self._movers.close()


def _middle(scene: SceneConfig) -> Float[np.ndarray, '3']:
    """Return the middle of what the planner's camera sees [m]."""
    return np.array([sum(scene.view_x) / 2, sum(scene.view_y) / 2, 0.0])


def _half(span: tuple[float, float]) -> float:
    """Return half the length of a span."""
    return (span[1] - span[0]) / 2


def _shrink(picture: Float[np.ndarray, '*fine']) -> Float[np.ndarray, '*coarse']:
    """Average the fine pixels of each pixel."""
    size = picture.shape[1] // FINE, picture.shape[0] // FINE
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA))


def _thin(picture: Float[np.ndarray, '*fine']) -> Float[np.ndarray, '*coarse']:
    """Keep one of the fine pixels of each pixel."""
    return np.ascontiguousarray(picture[FINE // 2::FINE, FINE // 2::FINE])
