"""Primitives as convex point sets: the corners of polyhedra around them."""

from typing import Any

import numpy as np
from jaxtyping import Float

from foresight.errors import RobotError

SIDES = 16  # of the prism around a cylinder
Points = Float[np.ndarray, '_ 3']


def corners(shape: Any, name: str) -> Points:
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
