"""The viewer camera: stands beside the table and sees the arm as a person would."""

from collections.abc import Callable
from dataclasses import dataclass

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
FIELD = 0.43  # rad, half of the vertical field of view
PLACE, TARGET = np.array([1.28, 0.86, 0.72]), np.array([-0.12, -0.06, 0.22])
"""Where the camera stands and what it looks at, from the middle of the view [m]."""
REACH = 0.6  # m, half of the longer side of the view that they are made for
SHIFT = -210.0, -10.0  # px, the table stands left of the middle: room for what is shown beside it
MARGIN = 6  # px, around what moves
DARK = 0.40  # share of the light that a shadow takes
SOFT = 2.2  # px, edge of a shadow
Picture = UInt8[np.ndarray, 'height width 3']
Box = tuple[int, int, int, int]
"""Left, top, right and bottom of a part of a picture [px]."""


@dataclass(frozen=True)
class _Drawn:
    """What moves, as it was drawn for one moment.

    Attributes:
        moment: All numbers of the moment.
        light: Light left in each pixel of what does not move, of 255.
        box: Part of the picture that the rest is about.
        share: How much of each pixel it covers.
        color: Its colour, times that share.
    """

    moment: Float[np.ndarray, ' number']
    light: Picture
    box: Box
    share: Float[np.ndarray, 'row column']
    color: Float[np.ndarray, 'row column 3']


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
        self._drawn: _Drawn | None = None

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
        self._depth, self._still = shot.depth, _shrink(color).astype(np.uint8)
        self._lit = 1.0 - _shrink(shade)
        self._places = self._lamp.map_of(_thin(points))

    def picture(
        self, joints: Float[np.ndarray, ' joint'], positions: Float[np.ndarray, 'object 3'],
        orientations: Float[np.ndarray, 'object 4'],
        paint: Callable[[Picture], None] | None = None,
    ) -> Picture:
        """Draw one moment; another picture of the same moment costs little.

        Args:
            joints: Positions of the arm's joints [rad].
            positions: Where the objects are [m].
            orientations: Their quaternions (x, y, z, w).
            paint: Paints on the table, under everything that moves.
        """
        moment = np.concatenate([np.ravel(part) for part in (joints, positions, orientations)])
        if self._drawn is None or not np.array_equal(moment, self._drawn.moment):
            self._movers.place(joints, positions, orientations)
            self._drawn = self._draw_movers(moment)
        drawn, canvas = self._drawn, self._still.copy()
        if paint is not None:
            paint(canvas)
        lit = np.asarray(cv2.multiply(canvas, drawn.light, scale=1.0 / 255.0), np.uint8)
        left, top, right, bottom = drawn.box
        part = lit[top:bottom, left:right]
        part[:] = np.clip(part * (1.0 - drawn.share[..., None]) + drawn.color, 0.0, 255.0)
        return lit

    def _draw_movers(self, moment: Float[np.ndarray, ' number']) -> '_Drawn':
        """Draw what moves where it is nearer than what does not, and the shadows of both."""
        blocked = self._lamp.depth(self._movers.world)
        # A pixel that the furniture shades already gets no darker.
        lit = self._lit * (1.0 - self._lamp.shade(blocked, self._places, SOFT))
        left, top, right, bottom = box = self._box()
        shot = shoot(self._movers.world, part_of(self.view, box, FINE), TOWARDS)
        behind = self._depth[FINE * top:FINE * bottom, FINE * left:FINE * right]
        shown = (shot.depth < behind).astype(np.float32)
        points = points_of(part_of(self.view, box, 1), _thin(shot.depth))
        shade = self._lamp.shade(blocked, self._lamp.map_of(points), SOFT)
        color = _shrink(shot.color * shown[..., None]) * (1.0 - DARK * shade)[..., None]
        light = np.round(255.0 * (1.0 - DARK * (1.0 - lit))).astype(np.uint8)
        return _Drawn(moment, np.dstack([light] * 3), box, _shrink(shown), color)

    def _box(self) -> Box:
        """Return the part of the picture that holds all that moves."""
        columns, rows, _ = pixels_of(self.view, self._movers.corners())
        first = np.clip([columns.min() - MARGIN, rows.min() - MARGIN], 0, np.array(SIZE) - 1)
        last = np.clip([columns.max() + MARGIN, rows.max() + MARGIN], first + 1, SIZE)
        return int(first[0]), int(first[1]), int(last[0]), int(last[1])

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
