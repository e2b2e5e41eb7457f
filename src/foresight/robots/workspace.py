"""What the arm must not run into: table, zones, the ends of its workspace, itself."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations, product

import coal
import numpy as np
import pinocchio as pin

from foresight.errors import RobotError
from foresight.robots.arm import ArmModel
from foresight.robots.plan_window import Joints
from foresight.robots.zones import Zone
from foresight.settings import SceneConfig

NEAR = 0.03  # shapes of an arm so near at retract may touch: links are thinner than drawn [m]
ZONE_HEIGHT = 0.10  # of a zone above the table; the tool passes 0.12 m above it [m]
_TABLE_DEPTH = 0.5  # of what counts as table below its top: deeper than a tool comes [m]
_EXACT = 1e-5  # no distance is exact beyond [m]
_AXES = ('x', 'y', 'z')


@dataclass(frozen=True)
class Breach:
    """A boundary that is broken.

    Attributes:
        boundary: Its name, in words.
        part: Link that breaks it.
        depth: Shortest way out of it [m].
    """

    boundary: str
    part: str
    depth: float


class Workspace:
    """Tells which boundaries an arm breaks, from the primitives of its URDF.

    Table, zones and box bound all that moves. Of the arm itself, links that are neighbours may
    touch, and so may primitives that are near one another at `retract`.
    """

    def __init__(self, arm: ArmModel, scene: SceneConfig, margin: float = 0.0) -> None:
        """Set the boundaries.

        Args:
            arm: The arm; it knows its zones and its box.
            scene: The table, in the frame of the arm's poses.
            margin: Distance that is kept from the table [m].

        Raises:
            RobotError: If nothing that moves is drawn, or a boundary is broken at `retract`.
        """
        self._model, self._data = arm.model, arm.model.createData()
        self._geometry = pin.buildGeomFromUrdfString(arm.model, arm.urdf, pin.COLLISION)
        drawn = self._geometry.ngeoms
        self._moving = [shape for shape in range(drawn) if self._joint(shape) > 0]
        if not self._moving:
            raise RobotError(f'{arm.name} has no <collision> that moves: draw its links and its '
                             'tool in the URDF, or nothing keeps them off the table')
        bounds = [self._geometry.addGeometryObject(bound) for bound in _bounds(arm, scene, margin)]
        pairs = combinations(reversed(range(drawn)), 2)  # the part farther out runs into another
        self._watch([pair for pair in pairs if not self._neighbours(*pair)])
        gaps = self._gaps(arm.retract)
        apart = [pair for pair, gap in zip(self._pairs, gaps, strict=True) if gap > NEAR]
        self._watch([*product(self._moving, bounds), *apart])
        for breach in self.breaches(arm.retract):
            raise RobotError(
                f'at retract, {breach.part} of {arm.name} is {1e3 * breach.depth:.0f} mm in '
                f'{breach.boundary}: change retract, workspace or keep_out, or the site'
            )

    def add(self, name: str, zone: Zone) -> None:
        """Keep out of one more zone; an arm that is in it already may leave it."""
        bound = self._geometry.addGeometryObject(_zone(name, zone))
        self._watch([*self._pairs, *product(self._moving, [bound])])

    def breaches(self, positions: Joints) -> tuple[Breach, ...]:
        """Return all boundaries that are broken at `positions` [rad]."""
        return tuple(
            self._breach(pair, depth) for pair, depth in self._depths(positions).items()
        )

    def breach(self, positions: Joints, start: Joints) -> Breach | None:
        """Return what a way from `start` to `positions` [rad] runs into there, the worst first.

        A boundary that is broken at `start` already may be left, but not be broken further.
        """
        if not self._touches(positions, first=True):
            return None
        before = self._depths(start)
        worse = {
            pair: depth for pair, depth in self._depths(positions).items()
            if pair not in before or depth > before[pair] + _EXACT
        }
        if not worse:
            return None
        worst = max(worse, key=lambda pair: worse[pair])
        return self._breach(worst, worse[worst])

    def _touches(self, positions: Joints, first: bool) -> bool:
        """Find which pairs touch, all of them or whether there is one."""
        return bool(pin.computeCollisions(
            self._model, self._data, self._geometry, self._placed, positions, first,
        ))

    def _gaps(self, positions: Joints) -> list[float]:
        """Return how far the two shapes of each pair are apart [m]."""
        pin.computeDistances(self._model, self._data, self._geometry, self._placed, positions)
        return [float(found.min_distance) for found in self._placed.distanceResults]

    def _depths(self, positions: Joints) -> dict[int, float]:
        """Return how deep each pair that touches is in one another [m]."""
        self._touches(positions, first=False)
        touching = [
            pair for pair, found in enumerate(self._placed.collisionResults) if found.isCollision()
        ]
        return {pair: self._depth(pair) for pair in touching}

    def _depth(self, pair: int) -> float:
        """Return how deep a pair is in one another [m]."""
        pin.computeDistance(self._geometry, self._placed, pair)
        return max(-float(self._placed.distanceResults[pair].min_distance), 0.0)

    def _watch(self, pairs: list[tuple[int, int]]) -> None:
        """Look at these pairs of shapes from now on."""
        self._pairs = pairs
        self._geometry.removeAllCollisionPairs()
        for pair in pairs:
            self._geometry.addCollisionPair(pin.CollisionPair(*pair))
        self._placed = self._geometry.createData()
        for request in self._placed.collisionRequests:
            request.enable_contact = False  # how deep is asked of what touches alone

    def _joint(self, shape: int) -> int:
        """Return the joint that moves a shape; 0 is the world."""
        return int(self._geometry.geometryObjects[shape].parentJoint)

    def _neighbours(self, first: int, second: int) -> bool:
        """Tell whether two shapes are on one link, or on two with one joint between them."""
        one, other = sorted((self._joint(first), self._joint(second)))
        return one == other or self._model.parents[other] == one

    def _breach(self, pair: int, depth: float) -> Breach:
        """Name a pair."""
        part, boundary = (self._name(shape) for shape in self._pairs[pair])
        return Breach(boundary, part, depth)

    def _name(self, shape: int) -> str:
        """Name a shape: as a boundary, or as the link that it is part of."""
        drawn = self._geometry.geometryObjects[shape]
        link = self._model.frames[drawn.parentFrame]
        return str(link.name if drawn.parentFrame else drawn.name)


def _bounds(arm: ArmModel, scene: SceneConfig, margin: float) -> Iterator[pin.GeometryObject]:
    """Yield the boundaries around the arm."""
    yield _block('the table', (*scene.table_x, *scene.table_y), -_TABLE_DEPTH, margin)
    for name, zone in arm.keep_out:
        yield _zone(name, zone)
    for side, end in enumerate(arm.workspace or ()):
        inward = np.zeros(3)
        inward[side // 2] = -1.0 if side % 2 else 1.0
        beyond = coal.Halfspace(inward, float(inward.sum()) * end)
        name = f'the end of the workspace at {"high" if side % 2 else "low"} {_AXES[side // 2]}'
        yield pin.GeometryObject(name, 0, 0, pin.SE3.Identity(), beyond)


def _zone(name: str, zone: Zone) -> pin.GeometryObject:
    """Return what stands on a zone."""
    return _block(f'the zone {name}', zone, 0.0, ZONE_HEIGHT)


def _block(name: str, zone: Zone, low: float, high: float) -> pin.GeometryObject:
    """Return a rectangle of the table from one height to another [m]."""
    ends = np.array([*zone, low, high]).reshape(3, 2)
    place = pin.SE3(np.eye(3), ends.mean(axis=1))
    return pin.GeometryObject(name, 0, 0, place, coal.Box(*(ends[:, 1] - ends[:, 0])))
