"""Sites drawn at random: table, bins, stand of the arm, camera, light, surfaces and objects.

There are sites to train on and sites kept for testing, which have no texture, lamp or object in
common with them.
"""

from contextlib import closing
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
from jaxtyping import Float

from foresight.actions.push.feasible import PushFeasibility, open_share
from foresight.actions.push.settings import PushConfig
from foresight.errors import ConfigError, ObservationError
from foresight.robots.arm import ArmModel
from foresight.robots.joint_level import JointLevelConfig
from foresight.robots.reach import Reach, reach_of
from foresight.robots.robot_file import RobotConfig
from foresight.settings import SIDES, SceneConfig
from foresight.sim.arm import SimArm
from foresight.sim.camera import DOWN, look_at, make_view, sees
from foresight.sim.settings import CameraConfig, SimConfig
from foresight.sim.site import Site
from foresight.sim.workable import workable_share
from foresight.sim.world import World, rotation, turn_of
from foresight.world_model.encoder import EncoderConfig
from foresight.world_model.observation.rectification import Rectifier, project_points

Range = tuple[float, float]
Generator = np.random.Generator
BIN_MARGIN, FLOOR_MARGIN = 0.02, 0.05  # m, least floor in view beside a bin, and beside the table
BASE = 0.12  # m, from the axis of the arm to the nearest piece of furniture
COVERED, OPEN = 0.6, 0.6  # least share of the table, and of each edge with a bin, within reach
WORKABLE = 0.95  # least share of the places for objects from which the arm can push to a bin
SLACK = (1.06, 1.2)  # field of view over what just holds the rectified view
LIMITS, WIDER = 10, 1.5  # views beyond the limits of the jitter that must not see the arm
CAMERAS, TRIES = 25, 400  # draws of a camera for a scene, and of a scene


@dataclass(frozen=True)
class Kind:
    """What only sites of one kind have.

    Attributes:
        surfaces: Families of pictures.
        light_tilt: Angles between light and vertical [rad].
        ambient: Light that reaches every face.
        diffuse: Light that depends on the angle of a face.
        light_color: Red, green and blue of the light.
        object_set: Objects that stand there.
        odd_share: Largest share of flat, long and tall objects.
    """

    surfaces: tuple[str, ...]
    light_tilt: Range
    ambient: Range
    diffuse: Range
    light_color: Range
    object_set: str
    odd_share: float


TRAINING = Kind(
    ('plain', 'cloth', 'wood', 'print', 'photo'), (0.0, 0.8), (0.42, 0.65), (0.25, 0.5),
    (0.8, 1.0), 'seen', 0.4,
)
HELD_OUT = Kind(
    ('tile', 'marble', 'stripes', 'speckle'), (0.85, 1.05), (0.3, 0.4), (0.55, 0.75),
    (0.65, 0.78), 'unseen', 0.0,
)


def sample_site(seed: int, held_out: bool = False) -> Site:
    """Draw a site.

    Args:
        seed: Decides everything.
        held_out: Whether the site is kept for testing.

    Raises:
        ConfigError: If no site is found, which no seed is known to do.
    """
    generator = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(int(held_out),)))
    name = f'{"held_out" if held_out else "training"}_{seed}'
    for _ in range(TRIES):
        scene = sample_scene(generator)
        if scene is None:
            continue
        camera = sample_camera(scene, generator)
        if camera is not None:
            kind = HELD_OUT if held_out else TRAINING
            return Site(name, scene, camera, sample_sim(scene, kind, generator))
    raise ConfigError(f'site {seed}: nothing that the arm reaches was drawn; take another seed')


def sample_scene(generator: Generator) -> SceneConfig | None:
    """Draw table, bins and stand; None if it does not fit the view or the arm."""
    sides = generator.permutation(SIDES)[:1 if generator.random() < 0.7 else 2]
    depth, width = generator.uniform((0.25, 0.40), (0.50, 0.90))
    span = _part(generator) if generator.random() < 0.3 else (0.0, 1.0)
    x, y, turn = generator.uniform((-0.08, -0.08, -0.3), (0.08, 0.08, 0.3))
    height = round(generator.uniform(-0.05, 0.05), 2)
    bin_depth = generator.uniform(0.12, 0.22)
    room = _room(tuple(sides), bin_depth, x)
    (near, far), (right, left) = room
    if depth > far - near or width > left - right:
        return None
    start = generator.uniform(near, far - depth)
    middle = generator.uniform(max(right + width / 2, -0.3), min(left - width / 2, 0.3))
    scene = SceneConfig(
        table_near=_rounded(start), table_depth=_rounded(depth), table_width=_rounded(width),
        table_middle=_rounded(middle), table_height=_rounded(generator.uniform(0.05, 0.10)),
        bins=tuple(str(side) for side in sides), bin_depth=_rounded(bin_depth), bin_span=span,
        stand=(_rounded(x), _rounded(y), height, _rounded(turn)),
    )
    return scene if within_reach(scene) else None


def within_reach(scene: SceneConfig) -> bool:
    """Tell whether the arm can push on most of the table and over most of each edge to a bin."""
    x, y, height, turn = scene.stand
    reach = _reach(height)
    centre = rotation((0.0, 0.0, turn))[:2, :2] @ reach.centre + (x, y)
    there = replace(reach, centre=(float(centre[0]), float(centre[1])), ahead=turn)
    feasible = PushFeasibility(scene, PushConfig(), there)
    return (all(open_share(zone, feasible) >= OPEN for zone in scene.zones)
            and feasible.coverage(spacing=0.05) >= COVERED
            and workable_share(scene, feasible) >= WORKABLE)


def sample_camera(scene: SceneConfig, generator: Generator) -> CameraConfig | None:
    """Draw a camera that sees the whole view and not the arm at rest; None if there is none."""
    middle = np.array([sum(scene.view_x) / 2, sum(scene.view_y) / 2, 0.0])
    model = ArmModel.load(stand=scene.stand)
    with World(SimConfig()) as world, closing(SimArm(model)) as arm:
        arm.spawn(world, model.retract)
        for _ in range(CAMERAS):
            camera = _draw_camera(scene, middle, generator)
            if camera is not None and _sees_no_arm(scene, camera, world, arm, generator):
                return camera
    return None


def _draw_camera(
    scene: SceneConfig, middle: Float[np.ndarray, '3'], generator: Generator,
) -> CameraConfig | None:
    """Draw a camera above and aside of the table whose picture just holds the view."""
    height, away = generator.uniform(1.0, 1.5), generator.uniform(-np.pi, np.pi)
    aside = height * np.tan(generator.uniform(0.0, 0.5))
    target = middle + (*generator.uniform(-0.05, 0.05, 2), 0.0)
    position = target + (aside * np.cos(away), aside * np.sin(away), height)
    turned = rotation((0.0, 0.0, generator.uniform(-0.15, 0.15)))
    tilt = turn_of(DOWN.T @ look_at(position, target)[:3, :3] @ turned)
    fine = generator.random() < 0.25
    camera = CameraConfig(
        width=160 if fine else 128, height=120 if fine else 96, position_jitter=0.01,
        angle_jitter=0.01, position=_point(position), tilt=_point(tilt),
    )
    fov = _rounded(_least_fov(scene, camera) * generator.uniform(*SLACK))
    return replace(camera, vertical_fov=fov) if fov <= 1.4 else None


def _least_fov(scene: SceneConfig, camera: CameraConfig) -> float:
    """Return the vertical field of view that just holds the rectified view [rad]."""
    view = make_view(camera, np.zeros(3), np.zeros(3))
    corners = np.array([(x, y, 0.0) for x in scene.view_x for y in scene.view_y])
    middle = np.array([view.width, view.height]) / 2 - 0.5
    pixels = np.abs(project_points(corners, view) - middle)
    needed = max(pixels[:, 0].max() * view.height / view.width, pixels[:, 1].max())
    return float(2 * np.arctan(needed / view.matrix[1, 1]))


def _sees_no_arm(
    scene: SceneConfig, camera: CameraConfig, world: World, arm: SimArm, generator: Generator,
) -> bool:
    """Tell whether the whole view is seen and no part of the arm in it, however it is jittered."""
    rectifier = Rectifier(scene, EncoderConfig())
    for signs in (np.zeros(6), *generator.choice([-1.0, 1.0], (LIMITS, 6))):
        view = make_view(
            camera, WIDER * camera.position_jitter * signs[:3],
            WIDER * camera.angle_jitter * signs[3:],
        )
        seen = sees(world, view, (arm.body,))
        try:
            if rectifier.rectify(np.repeat(seen[..., None] * np.uint8(255), 3, 2), view).any():
                return False
        except ObservationError:
            return False
    return True


def sample_sim(scene: SceneConfig, kind: Kind, generator: Generator) -> SimConfig:
    """Draw surfaces, light and the ranges of what objects are."""
    surfaces = tuple(str(word) for word in generator.choice(kind.surfaces, 3))
    # What stands higher than its bin is deep does not count as in it.
    largest = min(0.12, scene.bin_depth - 0.03, 2 * scene.table_height - 0.02)
    low, high = generator.uniform((0.02, 0.06), (0.04, largest))
    return SimConfig(
        object_set=kind.object_set, surfaces=(surfaces[0], surfaces[1], surfaces[2]),
        shadows=bool(generator.random() < 0.7), light_tilt=kind.light_tilt, ambient=kind.ambient,
        diffuse=kind.diffuse, light_color=kind.light_color, mesh_share=0.6,
        odd_share=_rounded(generator.uniform(0.0, kind.odd_share)), size_low=_rounded(low),
        size_high=_rounded(high), friction=_range(generator, 0.2, 0.9),
        mass=_range(generator, 0.02, 0.4), restitution=_range(generator, 0.0, 0.3),
        color_distance=_rounded(generator.uniform(0.1, 0.35)),
        saturation=_range(generator, 0.0, 0.7),
    )


@cache
def _reach(height: float) -> Reach:
    """Return the reach of the arm on a stand of a height [m]; a turn or a shift moves it along."""
    push, arm = PushConfig(), ArmModel.load(RobotConfig.robot, (0.0, 0.0, height, 0.0))
    return reach_of(arm, push.clearance, push.tool_height, JointLevelConfig())


def _room(sides: tuple[str, ...], bin_depth: float, arm: float) -> tuple[Range, Range]:
    """Return where a table may be along x and y, with bins of a depth and an arm at an x [m]."""
    margins = {
        side: bin_depth + BIN_MARGIN if side in sides else FLOOR_MARGIN for side in SIDES
    }
    near = max(SceneConfig.view_x[0] + margins['near'],
               arm + BASE + (bin_depth if 'near' in sides else 0.0))
    return ((near, SceneConfig.view_x[1] - margins['far']),
            (SceneConfig.view_y[0] + margins['right'], SceneConfig.view_y[1] - margins['left']))


def _part(generator: Generator) -> Range:
    """Draw a part of a side, at least half of it."""
    length = generator.uniform(0.5, 0.9)
    start = generator.uniform(0.0, 1.0 - length)
    return _rounded(start), _rounded(start + length)


def _range(generator: Generator, low: float, high: float) -> Range:
    """Draw a range within a range."""
    first, second = np.sort(generator.uniform(low, high, 2))
    return _rounded(first), _rounded(second)


def _point(values: Float[np.ndarray, '3']) -> tuple[float, float, float]:
    """Round three numbers."""
    x, y, z = (_rounded(value) for value in values)
    return x, y, z


def _rounded(value: float) -> float:
    """Round to what a site file says."""
    return round(float(value), 3)
