"""The tool, as its URDF draws it."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pinocchio as pin

from foresight.robots.hull import Points, corners

_TIP = 0.01  # what ends this near to the end of the tool works on things [m]
_DIGITS = 6  # a URDF is not exact beyond micrometres


@dataclass(frozen=True)
class Tool:
    """Size of the part of a tool that works on things; x is the direction of an action.

    Attributes:
        width: Extent along y of the tool's frame [m].
        depth: Extent along x [m].
        face: Distance along x from the middle to the face that moves things [m]; 0 if none.
    """

    width: float
    depth: float
    face: float

    @classmethod
    def of(cls, model: pin.Model, urdf: str, frame: str) -> 'Tool':
        """Measure what is drawn around the frame of a tool, and moves with it."""
        tool = model.frames[model.getFrameId(frame)]
        drawn = pin.buildGeomFromUrdfString(model, urdf, pin.COLLISION).geometryObjects
        moving = [shape for shape in drawn if shape.parentJoint == tool.parentJoint]
        placed = [_points(shape, tool) for shape in moving]
        working = [points for points in placed if points[:, 2].max() > -_TIP]
        if not working:
            return cls(0.0, 0.0, 0.0)
        low, high = np.vstack(working).min(axis=0), np.vstack(working).max(axis=0)
        fronts = [points for points in working if points[:, 1].min() < 0.0 < points[:, 1].max()]
        face = max((float(points[:, 0].max()) for points in fronts), default=0.0)
        sizes = high[1] - low[1], high[0] - low[0], face
        return cls(*(round(float(size), _DIGITS) for size in sizes))


def _points(shape: Any, tool: pin.Frame) -> Points:
    """Corners of a shape in the frame of the tool [m]."""
    pose = tool.placement.actInv(shape.placement)
    return np.asarray(corners(shape.geometry, shape.name) @ pose.rotation.T + pose.translation)
