"""Table, bin and floor as static bodies."""

from foresight.settings import SceneConfig
from foresight.sim.appearance import Appearance
from foresight.sim.world import World

WALL = 0.008  # m, thickness of the bin walls, outside the bin volume
# PyBullet multiplies frictions: a contact with the table then has the friction of the object.
HARD = {'lateralFriction': 1.0, 'restitution': 0.0}
# Floor and bin bottom are carpeted: what falls stays in view instead of rolling away.
CARPET = {'lateralFriction': 1.5, 'rollingFriction': 0.03, 'spinningFriction': 0.01}
PADDLE_GAP = 0.004  # m, low bin walls stay this far below the table top
RIM_GAP = 0.03  # m, the rim around the floor ends this far below the table top


def build_scene(world: World, scene: SceneConfig, look: Appearance) -> tuple[int, ...]:
    """Create table, bin and floor, and a rim around the part of the floor in view.

    The floor has no visual shape: a floor that fills the picture costs 1.4 ms a frame, so the
    camera paints the background in its colour instead.
    """
    (near, far), (right, left), floor = scene.table_x, scene.table_y, -scene.table_height
    bodies = (
        world.add_box((-3.0, -3.0, floor - 0.1), (4.0, 3.0, floor), None),
        world.add_box((near, right, floor), (far, left, 0.0), look.table),
        *_build_bin(world, scene, look),
        *_build_rim(world, scene, look),
    )
    for body in bodies:
        world.client.changeDynamics(body, -1, **HARD)
    for body in (bodies[0], bodies[2]):  # floor and bin bottom
        world.client.changeDynamics(body, -1, **CARPET)
    return bodies


def _build_bin(world: World, scene: SceneConfig, look: Appearance) -> tuple[int, ...]:
    """Create the bottom and the three outer walls; the table is the fourth."""
    (near, far), (inner, outer) = scene.table_x, scene.bin_y
    floor, top, low = -scene.table_height, scene.bin_wall, -PADDLE_GAP
    rise = inner + scene.bin_wall_start
    boxes = [
        ((near, inner, floor), (far, outer, floor + 0.004)),
        ((near - WALL, outer, floor), (far + WALL, outer + WALL, top)),
    ]
    for start in (near - WALL, far):
        boxes.append(((start, inner, floor), (start + WALL, min(rise, outer), low)))
        if rise < outer:
            boxes.append(((start, rise, floor), (start + WALL, outer, top)))
    return tuple(world.add_box(low_corner, high, look.bin) for low_corner, high in boxes)


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
