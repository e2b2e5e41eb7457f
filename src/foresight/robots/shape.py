"""The arm's shape: its visual primitives as convex point sets, wherever the joints put them."""

import numpy as np
import pinocchio as pin
from jaxtyping import Float

from foresight.robots.arm import ArmModel
from foresight.robots.hull import Points, corners


class ArmShape:
    """Where the arm's links are in space; each primitive is the hull of some points."""

    def __init__(self, arm: ArmModel) -> None:
        """Read the visual geometry of the arm's URDF.

        Raises:
            RobotError: If a link is drawn as anything but box, cylinder, sphere or capsule.
        """
        self._model, self._data = arm.model, arm.model.createData()
        self._geometry = pin.buildGeomFromUrdfString(arm.model, arm.urdf, pin.VISUAL)
        self._placed = self._geometry.createData()
        self._corners = tuple(
            corners(item.geometry, item.name) for item in self._geometry.geometryObjects
        )

    def hulls(self, positions: Float[np.ndarray, ' joint']) -> tuple[Points, ...]:
        """Points in `base_link` [m] whose hulls contain the primitives at `positions` [rad]."""
        pin.updateGeometryPlacements(
            self._model, self._data, self._geometry, self._placed, positions
        )
        return tuple(
            points @ pose.rotation.T + pose.translation
            for points, pose in zip(self._corners, self._placed.oMg, strict=True)
        )
