"""The simulated camera: pose sampling, OpenGL matrices and rendering."""

import numpy as np
import pybullet
from jaxtyping import Bool, Float, Int, UInt8

from foresight.protocols import CameraView
from foresight.sim.appearance import Appearance
from foresight.sim.settings import CameraConfig
from foresight.sim.world import World, rotation

NEAR, FAR = 0.3, 3.0  # m, clipping planes
BACKGROUND = 0.9999  # depth above which nothing was drawn
DOWN = np.array([[0.0, -1.0, 0.0], [-1.0, 0.0, 0.0], [0.0, 0.0, -1.0]])  # looks down, +x is up
OPENGL_FROM_OPTICAL = np.diag([1.0, -1.0, -1.0, 1.0])  # OpenGL: y up, z backward


def sample_view(config: CameraConfig, generator: np.random.Generator) -> CameraView:
    """Draw a camera pose around the mean of `config`."""
    offset = generator.uniform(-config.position_jitter, config.position_jitter, 3)
    angles = generator.uniform(-config.angle_jitter, config.angle_jitter, 3)
    return make_view(config, offset, angles)


def make_view(
    config: CameraConfig, offset: Float[np.ndarray, '3'], angles: Float[np.ndarray, '3']
) -> CameraView:
    """Build the view of a camera moved by `offset` [m] and turned by `angles` [rad].

    Both are added to the mean of `config`: first its tilt, then `angles` about the new axes.
    """
    pose = np.eye(4)
    pose[:3, :3] = DOWN @ rotation(config.tilt) @ rotation(angles)
    pose[:3, 3] = np.asarray(config.position) + offset
    focal = config.height / 2 / np.tan(config.vertical_fov / 2)
    center_x, center_y = config.width / 2 - 0.5, config.height / 2 - 0.5
    matrix = np.array([[focal, 0.0, center_x], [0.0, focal, center_y], [0.0, 0.0, 1.0]])
    return CameraView(matrix, pose, config.width, config.height)


def view_matrix(view: CameraView) -> list[float]:
    """Return the OpenGL view matrix, column by column."""
    camera_from_base = np.linalg.inv(view.base_from_camera)
    return list((OPENGL_FROM_OPTICAL @ camera_from_base).T.ravel())


def projection_matrix(view: CameraView) -> list[float]:
    """Return the OpenGL projection matrix, column by column.

    Pixel centres have whole coordinates. The renderer samples at the lower left corner of a
    pixel, which the half pixel shifts compensate.
    """
    width, height = view.width, view.height
    matrix = np.zeros((4, 4))
    matrix[0, 0] = 2 * view.matrix[0, 0] / width
    matrix[1, 1] = 2 * view.matrix[1, 1] / height
    matrix[0, 2] = 1 - 2 * view.matrix[0, 2] / width
    matrix[1, 2] = 2 * (view.matrix[1, 2] + 1) / height - 1
    matrix[2, 2] = -(FAR + NEAR) / (FAR - NEAR)
    matrix[2, 3] = -2 * FAR * NEAR / (FAR - NEAR)
    matrix[3, 2] = -1.0
    return list(matrix.T.ravel())


def look_at(
    position: Float[np.ndarray, '3'], target: Float[np.ndarray, '3'],
) -> Float[np.ndarray, '4 4']:
    """Return the pose of a camera at a position that looks at a target [m]."""
    ahead = (target - position) / np.linalg.norm(target - position)
    right = np.cross(ahead, DOWN[:, 1])  # x of a camera whose y is near that of one looking down
    right = -right / np.linalg.norm(right)
    pose = np.eye(4)
    pose[:3, :3] = np.stack([right, np.cross(ahead, right), ahead], axis=1)
    pose[:3, 3] = position
    return pose


def render(
    world: World, view: CameraView, look: Appearance,
) -> UInt8[np.ndarray, 'height width 3']:
    """Take an RGB image; where nothing was drawn, the floor is seen."""
    return _take(world, view, look, pybullet.ER_NO_SEGMENTATION_MASK)[0]


def render_bodies(
    world: World, view: CameraView, look: Appearance,
) -> tuple[UInt8[np.ndarray, 'height width 3'], Int[np.ndarray, 'height width']]:
    """Take an RGB image, and say which body each pixel shows; -1 is none."""
    return _take(world, view, look, 0)


def _take(
    world: World, view: CameraView, look: Appearance, flags: int,
) -> tuple[UInt8[np.ndarray, 'height width 3'], Int[np.ndarray, 'height width']]:
    """Take an RGB image, and the body in each pixel if the flags ask for it."""
    _, _, color, depth, seen = world.client.getCameraImage(
        view.width, view.height, view_matrix(view), projection_matrix(view),
        lightDirection=list(look.light_direction * 10), lightColor=list(look.light_color),
        lightAmbientCoeff=look.ambient, lightDiffuseCoeff=look.diffuse,
        lightSpecularCoeff=0.05, shadow=0, renderer=pybullet.ER_TINY_RENDERER,
        flags=flags,
    )
    image = np.ascontiguousarray(color[..., :3], dtype=np.uint8)
    image[depth > BACKGROUND] = np.round(look.floor * 255)
    return image, seen


def sees(
    world: World, view: CameraView, bodies: tuple[int, ...],
) -> Bool[np.ndarray, 'height width']:
    """Return where any of `bodies` is seen."""
    return np.isin(seen_bodies(world, view), bodies)


def seen_bodies(world: World, view: CameraView) -> Int[np.ndarray, 'height width']:
    """Return the body in each pixel; -1 is none."""
    seen: Int[np.ndarray, 'height width'] = world.client.getCameraImage(
        view.width, view.height, view_matrix(view), projection_matrix(view), shadow=0,
        renderer=pybullet.ER_TINY_RENDERER,
    )[4]
    return seen
