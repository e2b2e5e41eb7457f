"""Claims about the arm's shape in space."""

import coal
import numpy as np
import pytest

from foresight.errors import RobotError
from foresight.robots.arm import ArmModel
from foresight.robots.hull import corners
from foresight.robots.shape import ArmShape


@pytest.fixture(scope='module')
def arm() -> ArmModel:
    return ArmModel.load()


def test_one_hull_for_each_primitive_and_the_lowest_point_is_the_tool(arm):
    positions = np.array([0.2, 0.5, 0.0, -1.9, 0.0, 2.4, 0.2])
    hulls = ArmShape(arm).hulls(positions)
    assert len(hulls) == arm.urdf.count('<visual>')
    paddle = np.vstack(hulls[-3:])
    tool = arm.tool_pose(positions)
    along = (paddle - tool[:3, 3]) @ tool[:3, :3]
    np.testing.assert_allclose(along.max(axis=0), [0.02, 0.06, 0.0], atol=1e-6)
    np.testing.assert_allclose(along.min(axis=0), [-0.02, -0.06, -0.06], atol=1e-6)


@pytest.mark.parametrize('name', ['Box', 'Cylinder', 'Sphere', 'Capsule'])
def test_polyhedra_contain_their_primitives(name):
    radius, half = 0.1, 0.3
    shape = {
        'Box': coal.Box(0.2, 0.4, 0.6), 'Cylinder': coal.Cylinder(radius, 2 * half),
        'Sphere': coal.Sphere(radius), 'Capsule': coal.Capsule(radius, 2 * half),
    }[name]
    points = corners(shape, name)
    directions = np.random.default_rng(0).normal(size=(500, 3))
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    flat, up = np.hypot(directions[:, 0], directions[:, 1]), np.abs(directions[:, 2])
    support = {
        'Box': np.abs(directions) @ [0.1, 0.2, 0.3], 'Cylinder': radius * flat + half * up,
        'Sphere': np.full(500, radius), 'Capsule': radius + half * up,
    }[name]
    reached = (directions @ points.T).max(axis=1)
    assert (reached >= support - 1e-9).all()
    assert (reached <= support + 0.05 * radius).all()


def test_another_shape_is_refused_with_a_remedy():
    with pytest.raises(RobotError, match='primitives'):
        corners(object(), 'link1')
