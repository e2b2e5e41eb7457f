"""The arm's shape: its visual primitives as convex point sets, wherever the joints put them."""

from typing import Any

import numpy as np
import pinocchio as pin
from jaxtyping import Float

from foresight.errors import RobotError
from foresight.robots.arm import ArmModel

SIDES = 16  # of the prism around a cylinder
Points = Float[np.ndarray, '_ 3']


class ArmShape:
    """Where the arm's links are in space; each primitive is the hull of some points."""

    def __init__(self, arm: ArmModel) -> None:
        """Read the visual geometry of the arm's URDF.

        Raises:
            RobotError: If a link is drawn as anything but box, cylinder, sphere or capsule.
        """
        self._model, self._data = arm.model, arm.model.createData()
        try:
            self._geometry = pin.buildGeomFromUrdfString(
                arm.model, arm.urdf, pin.GeometryType.VISUAL
            )
        except ValueError as error:  # a mesh file that is not there
            raise RobotError(f'{error}: draw the arm in primitives') from error
        self._placed = self._geometry.createData()
        self._corners = tuple(
            _corners(item.geometry, item.name) for item in self._geometry.geometryObjects
        )

    def hulls(self, positions: Float[np.ndarray, ' joint']) -> tuple[Points, ...]:
        """Points in `base_link` [m] whose hulls contain the primitives at `positions` [rad]."""
        pin.updateGeometryPlacements(
            self._model, self._data, self._geometry, self._placed, positions
        )
        return tuple(
            corners @ pose.rotation.T + pose.translation
            for corners, pose in zip(self._corners, self._placed.oMg, strict=True)
        )


def _corners(shape: Any, name: str) -> Points:
    """Corners of a polyhedron around a primitive, in the frame of the primitive [m]."""
    kind = type(shape).__name__
    if kind == 'Box':
        signs = np.array(np.meshgrid(*[(-1.0, 1.0)] * 3)).reshape(3, -1).T
        return np.asarray(signs * np.ravel(shape.halfSide))
    if kind == 'Cylinder':
        return _prism(shape.radius, shape.halfLength)
    if kind == 'Sphere':
        return _ball(shape.radius)
    if kind == 'Capsule':
        lift = np.array([0.0, 0.0, shape.halfLength])
        ball = _ball(shape.radius)
        return np.vstack([ball + lift, ball - lift])
    raise RobotError(f'{name} is drawn as {kind}: draw the arm in primitives')


def _prism(radius: float, half_length: float) -> Points:
    """Corners of a prism around a cylinder along z."""
    angles = 2.0 * np.pi * np.arange(SIDES) / SIDES
    ring = radius / np.cos(np.pi / SIDES) * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    ends = [np.column_stack([ring, np.full(SIDES, z)]) for z in (-half_length, half_length)]
    return np.vstack(ends)


def _ball(radius: float) -> Points:
    """Corners of a polyhedron around a sphere."""
    step = np.pi / SIDES
    around, up = np.meshgrid(2.0 * step * np.arange(SIDES), step * np.arange(SIDES + 1))
    flat = np.sin(up)
    points = np.stack([flat * np.cos(around), flat * np.sin(around), np.cos(up)], axis=-1)
    return np.asarray(radius / np.cos(step) ** 2 * points.reshape(-1, 3))
