"""Table, bins and floor as static bodies."""

from dataclasses import dataclass
from itertools import chain

from foresight.settings import BESIDE, SceneConfig, Zone
from foresight.sim.appearance import Appearance, Color
from foresight.sim.world import World

Span = tuple[float, float]
WALL = 0.008  # m, thickness of the bin walls, outside the bin volume
# PyBullet multiplies: a contact with the table then has friction and restitution of the object.
HARD = {'lateralFriction': 1.0, 'restitution': 1.0}
# Floor and bin bottom are carpeted: what falls stays in view instead of rolling away.
CARPET = {'lateralFriction': 1.5, 'rollingFriction': 0.03, 'spinningFriction': 0.01}
PADDLE_GAP = 0.004  # m, low bin walls stay this far below the table top
RIM_GAP = 0.03  # m, the rim around the floor ends this far below the table top


@dataclass(frozen=True)
class SceneBodies:
    """The static bodies of a scene.

    Attributes:
        bottoms: Bottoms of the bins, which are among `bins` too.
    """

    ground: int
    table: int
    bins: tuple[int, ...]
    bottoms: tuple[int, ...]
    rim: tuple[int, ...]


def build_scene(world: World, scene: SceneConfig, look: Appearance) -> SceneBodies:
    """Create table, bin and floor, and a rim around the part of the floor in view.

    The floor has no visual shape: a floor that fills the picture costs 1.4 ms a frame, so the
    camera paints the background in its colour instead.
    """
    (near, far), (right, left), floor = scene.table_x, scene.table_y, -scene.table_height
    ground = world.add_box((-3.0, -3.0, floor - 0.1), (4.0, 3.0, floor), None)
    table = world.add_box((near, right, floor), (far, left, 0.0), look.table)
    bins = [_build_bin(world, scene, zone, look) for zone in scene.zones]
    rim = _build_rim(world, scene, look)
    bottoms, walls = tuple(parts[0] for parts in bins), tuple(chain.from_iterable(bins))
    for body in (ground, table, *walls, *rim):
        world.client.changeDynamics(body, -1, **HARD)
    for body in (ground, *bottoms):
        world.client.changeDynamics(body, -1, **CARPET)
    return SceneBodies(ground, table, walls, bottoms, rim)


def _build_bin(
    world: World, scene: SceneConfig, zone: Zone, look: Appearance,
) -> tuple[int, ...]:
    """Create the bottom and the three outer walls; the table is the fourth."""
    floor, top, low = -scene.table_height, scene.bin_wall, -PADDLE_GAP
    (start, end), inner, sign = zone.along, zone.edge, zone.outward
    outer = inner + sign * scene.bin_depth
    rise = inner + sign * min(scene.bin_wall_start, scene.bin_depth)
    # Each from low to high: along the side, away from the table, up.
    boxes = [
        ((start, end), (inner, outer), (floor, floor + 0.004)),
        ((start - WALL, end + WALL), (outer, outer + sign * WALL), (floor, top)),
    ]
    for wall in (start - WALL, end):
        boxes.append(((wall, wall + WALL), (inner, rise), (floor, low)))
        if rise != outer:
            boxes.append(((wall, wall + WALL), (rise, outer), (floor, top)))
    return tuple(_add_box(world, zone, *box, look.bin) for box in boxes)


def _add_box(
    world: World, zone: Zone, along: Span, across: Span, up: Span, color: Color,
) -> int:
    """Create a box that is described along a side of the table and away from it."""
    across = (min(across), max(across))
    x, y = (along, across) if zone.side in BESIDE else (across, along)
    low, high = zip(x, y, up, strict=True)
    return world.add_box(low, high, color)


def _build_rim(world: World, scene: SceneConfig, look: Appearance) -> tuple[int, ...]:
    """Create the low walls that keep what falls to the floor in the rectified view."""
    (near, far), (right, left) = scene.view_x, scene.view_y
    floor, top = -scene.table_height, -RIM_GAP
    boxes = (
        ((near - WALL, right, floor), (near, left, top)),
        ((far, right, floor), (far + WALL, left, top)),
        ((near, right - WALL, floor), (far, right, top)),
        ((near, left, floor), (far, left + WALL, top)),
    )
    return tuple(world.add_box(low, high, 0.8 * look.floor) for low, high in boxes)
