"""The retract pose keeps the whole arm out of the rectified view."""

import itertools

import numpy as np
import pinocchio as pin
import pytest

from foresight.robots.arm import ArmModel
from foresight.settings import SceneConfig
from foresight.sim.settings import CameraConfig


def surface(geometry: object) -> np.ndarray:
    """Points that span a box or cylinder."""
    if hasattr(geometry, 'halfSide'):
        return np.array(list(itertools.product(*((-s, s) for s in np.ravel(geometry.halfSide)))))
    angles = np.linspace(0.0, 2.0 * np.pi, 24, endpoint=False)
    rim = geometry.radius * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    ends = (np.full((24, 1), geometry.halfLength), np.full((24, 1), -geometry.halfLength))
    return np.concatenate([np.hstack([rim, end]) for end in ends])


def arm_points(robot: str) -> np.ndarray:
    arm = ArmModel.load(robot)
    shapes = pin.buildGeomFromUrdfString(arm.model, arm.urdf, pin.VISUAL)
    data = shapes.createData()
    pin.updateGeometryPlacements(
        arm.model, arm.model.createData(), shapes, data, np.array(arm.retract),
    )
    return np.concatenate([
        surface(shape.geometry) @ pose.rotation.T + pose.translation
        for shape, pose in zip(shapes.geometryObjects, data.oMg, strict=True)
    ])


@pytest.mark.parametrize('robot', ['panda', 'ur5e', 'xarm6'])
def test_no_point_of_the_arm_projects_into_the_view_from_any_camera(robot: str) -> None:
    points, camera, scene = arm_points(robot), CameraConfig(), SceneConfig()
    jitter = (-camera.position_jitter, 0.0, camera.position_jitter)
    for shift, lift in itertools.product(jitter, jitter):
        x, height = camera.position[0] + shift, camera.position[2] + lift
        on_table = x + (points[:, 0] - x) * height / (height - points[:, 2])
        assert on_table.max() < scene.view_x[0] - 0.01
