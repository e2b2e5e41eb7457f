"""Where objects stand at the start of an episode: anywhere, or where acting needs foresight."""

from collections.abc import Callable

import numpy as np
from jaxtyping import Float

from foresight.settings import SceneConfig
from foresight.sim.objects import ObjectSpec
from foresight.sim.settings import SimConfig
from foresight.zone_frame import ZoneFrame

SPAWN_GAP = 0.01  # m, between the circles around two objects
TRIES = 200
RIM = (0.03, 0.045)  # m, distance of an object's centre from the edge it is beside
FAR = (0.03, 0.05)  # m, the same from the edge away from the bin: the paddle must fit behind
ALONG = (-0.10, 0.22)  # m, y of what is beside an edge of a usual table; leaves room behind it
USUAL = 0.60  # m, length of a usual table
BEHIND_GAP = (0.005, 0.03)  # m, between an object and the one behind it
BEHIND_ASIDE = 0.01  # m, largest offset along x of an object behind another

Spot = Float[np.ndarray, '3']
"""Position and yaw (x, y, yaw) on the table [m, m, rad]."""
Spots = Float[np.ndarray, 'object 3']
Place = Callable[[ObjectSpec, tuple[ObjectSpec, ...], Spots, SceneConfig, np.random.Generator],
                 Spot]
"""Draws a spot for one object, given the others and where they are."""


def anywhere(
    spec: ObjectSpec, others: tuple[ObjectSpec, ...], spots: Spots, scene: SceneConfig,
    generator: np.random.Generator,
) -> Spot:
    """Draw a spot on the table that is not too close to its edges."""
    margin = scene.spawn_margin
    low = (scene.table_x[0] + margin, scene.table_y[0] + margin, -np.pi)
    high = (scene.table_x[1] - margin, scene.table_y[1] - margin, np.pi)
    return np.asarray(generator.uniform(low, high))


def beside_edge(
    spec: ObjectSpec, others: tuple[ObjectSpec, ...], spots: Spots, scene: SceneConfig,
    generator: np.random.Generator,
) -> Spot:
    """Draw a spot right beside one of the two edges that lead to the bin."""
    frame = ZoneFrame(scene, scene.zones[0])
    (low, high), along = frame.ends, generator.uniform(*ALONG)
    y, yaw = (low + high) / 2 + along * ((high - low) / USUAL), generator.uniform(-np.pi, np.pi)
    return _spot(frame, _rim(frame, generator), y, yaw)


def far_corner(
    spec: ObjectSpec, others: tuple[ObjectSpec, ...], spots: Spots, scene: SceneConfig,
    generator: np.random.Generator,
) -> Spot:
    """Draw a spot in one of the two corners away from the bin."""
    frame = ZoneFrame(scene, scene.zones[0])
    y = frame.ends[0] + generator.uniform(*FAR)
    return _spot(frame, _rim(frame, generator), y, generator.uniform(-np.pi, np.pi))


def behind(
    spec: ObjectSpec, others: tuple[ObjectSpec, ...], spots: Spots, scene: SceneConfig,
    generator: np.random.Generator,
) -> Spot:
    """Draw a spot that another object hides from the bin, if there is room behind one."""
    frame = ZoneFrame(scene, scene.zones[0])
    reach = np.array([other.radius for other in others]) + spec.radius
    there = frame.turned(spots[:, :2])
    y = there[:, 1] - reach - generator.uniform(*BEHIND_GAP)
    possible = np.flatnonzero(y > frame.ends[0] + FAR[0])
    if not len(possible):
        return anywhere(spec, others, spots, scene, generator)
    front = generator.choice(possible)
    x = there[front, 0] + generator.uniform(-BEHIND_ASIDE, BEHIND_ASIDE)
    return _spot(frame, x, y[front], generator.uniform(-np.pi, np.pi))


def choose_places(sim: SimConfig, count: int, generator: np.random.Generator) -> tuple[Place, ...]:
    """Choose how each object of an episode is placed.

    A hard episode has something beside an edge, something behind another object and something in
    a far corner; what else there is repeats one of the three.
    """
    if sim.layout == 'anywhere':
        return (anywhere,) * count
    hard: tuple[Place, ...] = (beside_edge, behind, far_corner)
    more = generator.integers(len(hard), size=max(0, count - len(hard)))
    return (*hard, *(hard[index] for index in more))[:count]


def sample_spots(
    specs: tuple[ObjectSpec, ...], places: tuple[Place, ...], scene: SceneConfig,
    generator: np.random.Generator,
) -> Spots:
    """Draw a spot for each object, without overlap."""
    spots = np.empty((0, 3))
    for index, place in enumerate(places):
        spot = sample_spot(specs[index], place, specs[:index], spots, scene, generator)
        spots = np.vstack([spots, spot])
    return spots


def sample_spot(
    spec: ObjectSpec, place: Place, others: tuple[ObjectSpec, ...], spots: Spots,
    scene: SceneConfig, generator: np.random.Generator,
) -> Spot:
    """Draw a spot for one object: clear of the others, or the best of 200 tries."""
    reach = np.array([other.radius for other in others]) + spec.radius
    needed = BEHIND_GAP[0] - 1e-9 if place is behind else SPAWN_GAP
    best, best_gap = np.zeros(3), -np.inf
    for _ in range(TRIES):
        spot = place(spec, others, spots, scene, generator)
        gaps = np.linalg.norm(spots[:, :2] - spot[:2], axis=1) - reach
        gap = float(gaps.min(initial=np.inf))
        if gap > best_gap:
            best, best_gap = spot, gap
        if gap >= needed:
            break
    return best


def _rim(frame: ZoneFrame, generator: np.random.Generator) -> float:
    """Draw an x beside one of the two edges that lead to the bin."""
    low, high = frame.sides
    away = generator.uniform(*RIM)
    return float(low + away if generator.random() < 0.5 else high - away)


def _spot(frame: ZoneFrame, x: float, y: float, yaw: float) -> Spot:
    """Bring a spot of a frame onto the table; a yaw is as random there."""
    return np.array([*frame.back(np.array([x, y])), yaw])
