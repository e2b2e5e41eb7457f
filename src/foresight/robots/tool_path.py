"""A timed path of the tool in `base_link`."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from foresight.errors import RobotError


@dataclass(frozen=True)
class ToolPath:
    """Where the tool should be, and when.

    Attributes:
        times: Increasing times from 0 [s].
        poses: Poses of `tool0` in `base_link`, homogeneous [m].
    """

    times: Float[np.ndarray, ' time']
    poses: Float[np.ndarray, 'time 4 4']

    def __post_init__(self) -> None:
        """Refuse times that do not increase and poses that are not finite."""
        if len(self.times) != len(self.poses) or np.any(np.diff(self.times) <= 0.0):
            raise RobotError('a tool path needs one pose for each of its increasing times')
        if not np.isfinite(self.poses).all():
            raise RobotError('a tool path needs finite poses: check the action and the start')

    @property
    def duration(self) -> float:
        """Time from the first to the last pose [s]."""
        return float(self.times[-1] - self.times[0])


def vertical_poses(
    x: Float[np.ndarray, ' time'], y: Float[np.ndarray, ' time'], z: Float[np.ndarray, ' time'],
    yaw: Float[np.ndarray, ' time'],
) -> Float[np.ndarray, 'time 4 4']:
    """Poses of a tool that points straight down, its x axis at `yaw` [rad] from x."""
    poses = np.zeros((len(x), 4, 4))
    poses[:, 0, 0] = poses[:, 1, 1] = np.cos(yaw)
    poses[:, 1, 0] = np.sin(yaw)
    poses[:, 0, 1] = poses[:, 1, 0]
    poses[:, 1, 1] *= -1.0
    poses[:, 2, 2] = -1.0
    poses[:, :3, 3] = np.stack([x, y, z], axis=1)
    poses[:, 3, 3] = 1.0
    return poses
