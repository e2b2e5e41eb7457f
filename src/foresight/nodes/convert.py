"""Arrays to messages; `data/messages.py` reads them. Pixels enter through `array.array`."""

from array import array

import numpy as np
import torch
from geometry_msgs.msg import Point, Pose, PoseStamped, Quaternion
from jaxtyping import Float, UInt8
from nav_msgs.msg import Path
from scipy.spatial.transform import Rotation
from sensor_msgs.msg import CameraInfo, Image
from std_msgs.msg import Header
from torch import Tensor

from foresight.data.joint_messages import BASE
from foresight.nodes.joint_convert import header
from foresight.protocols import CameraView

CAMERA = 'camera_optical_frame'


def image_message(
    image: UInt8[np.ndarray, 'height width 3'], time: float, frame: str = CAMERA,
) -> Image:
    """Wrap an RGB image."""
    return _image(image, 'rgb8', header(time, frame))


def latent_message(
    latent: Float[Tensor, 'channel height width'], time: float, frame: str = BASE,
) -> Image:
    """Wrap a latent as an image of `channel` features a cell."""
    cells = latent.detach().permute(1, 2, 0).to('cpu', torch.float32).numpy()
    return _image(cells, f'32FC{len(latent)}', header(time, frame))


def _image(pixels: np.ndarray, encoding: str, head: Header) -> Image:
    height, width, _ = pixels.shape
    return Image(
        header=head, height=height, width=width, encoding=encoding, step=pixels.nbytes // height,
        data=array('B', pixels.tobytes()),
    )


def pose_message(pose: Float[np.ndarray, '4 4']) -> Pose:
    """Turn a homogeneous pose into a message."""
    return quaternion_pose(pose[:3, 3], Rotation.from_matrix(pose[:3, :3]).as_quat())


def quaternion_pose(position: Float[np.ndarray, '3'], orientation: Float[np.ndarray, '4']) -> Pose:
    """Join a position [m] and a quaternion (x, y, z, w)."""
    return Pose(
        position=Point(**dict(zip('xyz', position.tolist()))),
        orientation=Quaternion(**dict(zip('xyzw', orientation.tolist()))),
    )


def camera_info(view: CameraView, time: float) -> CameraInfo:
    """Describe an undistorted camera."""
    projection = np.hstack([view.matrix, np.zeros((3, 1))])
    return CameraInfo(
        header=header(time, CAMERA), height=view.height, width=view.width,
        distortion_model='plumb_bob', d=[0.0] * 5, k=view.matrix.ravel().tolist(),
        r=np.eye(3).ravel().tolist(), p=projection.ravel().tolist(),
    )


def camera_pose(view: CameraView, time: float) -> PoseStamped:
    """Say where the camera is."""
    return PoseStamped(header=header(time, BASE), pose=pose_message(view.base_from_camera))


def poses_path(poses: Float[np.ndarray, 'step 4 4'], time: float) -> Path:
    """Wrap tool poses in `base_link`."""
    stamped = [PoseStamped(header=header(time, BASE), pose=pose_message(pose)) for pose in poses]
    return Path(header=header(time, BASE), poses=stamped)
