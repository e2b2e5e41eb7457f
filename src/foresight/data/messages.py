"""Messages as arrays, whether they come from rclpy or out of a bag: only their fields count."""

from typing import Any

import numpy as np
import torch
from jaxtyping import Float
from scipy.spatial.transform import Rotation

from foresight.data.images import rows_of
from foresight.errors import ObservationError
from foresight.protocols import Latent

Pose = Float[np.ndarray, '4 4']
IDENTITY = np.eye(4)


def pose_array(message: Any) -> Float[np.ndarray, '4 4']:
    """Turn a message into a homogeneous pose.

    Raises:
        ObservationError: If the orientation is no rotation or a number is not finite.
    """
    p, q = message.position, message.orientation
    quaternion = np.array([q.x, q.y, q.z, q.w])
    if not np.isfinite([p.x, p.y, p.z, *quaternion]).all() or np.linalg.norm(quaternion) < 0.5:
        raise ObservationError('the pose is no pose: publish a unit quaternion and finite numbers')
    pose = np.eye(4)
    pose[:3, :3] = Rotation.from_quat(quaternion).as_matrix()
    pose[:3, 3] = p.x, p.y, p.z
    return pose


def path_poses(message: Any) -> Float[np.ndarray, 'pose 4 4']:
    """Read the poses of a path.

    Raises:
        ObservationError: If one is no pose.
    """
    return np.array([pose_array(stamped.pose) for stamped in message.poses]).reshape(-1, 4, 4)


def latent_tensor(message: Any) -> Latent:
    """Read a latent.

    Raises:
        ObservationError: If it is no latent, its size does not fit, or it is not finite.
    """
    kind, _, channels = message.encoding.partition('32FC')
    if kind or not channels.isdigit():
        raise ObservationError(f'{message.encoding!r} is no latent: expected 32FC<channels>')
    rows = rows_of(message, 4 * int(channels))
    cells = np.ascontiguousarray(rows).view(np.float32)
    if not np.isfinite(cells).all():
        raise ObservationError('the latent is not finite: restart perception')
    shaped = cells.reshape(message.height, message.width, int(channels))
    return torch.from_numpy(shaped).permute(2, 0, 1).contiguous()
