"""The simulated camera: what it sees is where the geometry says."""

import numpy as np
import pybullet
import pytest

from foresight.settings import SceneConfig
from foresight.sim.appearance import sample_appearance
from foresight.sim.camera import make_view, render, sample_view, sees
from foresight.sim.clear_table import ClearTable
from foresight.sim.settings import CameraConfig, SimConfig
from foresight.sim.world import World
from foresight.world_model.encoder import EncoderConfig
from foresight.world_model.observation.rectification import Rectifier, project_points

FLOOR_MARGIN = 0.20  # m, floor to see on every side of table and bin


def visible_corners(scene: SceneConfig) -> np.ndarray:
    """Return the corners of the floor and bin walls that every camera must see."""
    x = (scene.table_x[0] - FLOOR_MARGIN, scene.table_x[1] + FLOOR_MARGIN)
    y = (scene.table_y[0] - FLOOR_MARGIN, scene.zones[0].y[1] + FLOOR_MARGIN)
    floor = [(a, b, -scene.table_height) for a in x for b in y]
    return np.array(floor + [(a, scene.zones[0].y[1], scene.bin_wall) for a in scene.table_x])


def limit_views(count: int) -> list:
    """Return views with every jitter at one of its limits."""
    config, generator = CameraConfig(), np.random.default_rng(0)
    signs = generator.choice([-1.0, 1.0], (count, 6))
    return [
        make_view(config, config.position_jitter * sign[:3], config.angle_jitter * sign[3:])
        for sign in signs
    ]


def test_every_camera_sees_table_bin_and_floor_in_the_rectified_image():
    scene, encoder = SceneConfig(), EncoderConfig()
    corners, blank = visible_corners(scene), np.zeros((96, 128, 3), np.uint8)
    for view in limit_views(500):
        rectifier = Rectifier(scene, encoder)
        rectifier.rectify(blank, view)  # raises if a corner of the grid is off the image
        cells = rectifier.project(corners, view)
        assert (cells > -0.5).all()
        assert (cells < np.array([encoder.rows, encoder.columns]) - 0.5).all()


def test_sampled_views_stay_within_the_jitter():
    config, generator = CameraConfig(), np.random.default_rng(1)
    for _ in range(500):
        view = sample_view(config, generator)
        offset = view.base_from_camera[:3, 3] - config.position
        assert np.abs(offset).max() <= config.position_jitter
        np.testing.assert_allclose(np.linalg.det(view.base_from_camera[:3, :3]), 1.0)


@pytest.mark.parametrize(('width', 'height'), [(128, 96), (96, 96), (320, 240)])
def test_a_ball_appears_where_its_centre_projects(width, height):
    generator = np.random.default_rng(2)
    with World(SimConfig()) as world:
        for _ in range(10):
            world.reset()
            view = sample_view(CameraConfig(width=width, height=height), generator)
            centre = generator.uniform((0.2, -0.25, -0.1), (0.8, 0.45, 0.1))
            shapes = world.add_shape(pybullet.GEOM_SPHERE, {'radius': 0.03}, np.array([1, 0, 0]))
            body = world.add_body(shapes, centre)
            rows, columns = np.nonzero(sees(world, view, (body,)))
            seen = np.array([columns.mean(), rows.mean()])
            assert np.abs(seen - project_points(centre[None], view)[0]).max() < 0.6


def test_nothing_drawn_is_floor():
    generator = np.random.default_rng(3)
    with World(SimConfig()) as world:
        look = sample_appearance(generator, SimConfig())
        image = render(world, sample_view(CameraConfig(), generator), look)
    assert (image == np.round(look.floor * 255)).all()


def test_the_retracted_arm_is_outside_the_rectified_image():
    with ClearTable(SimConfig(object_set='empty')) as task:
        rectifier = Rectifier(task.scene, EncoderConfig())
        seen = 0
        for view in limit_views(40):
            task.view = view
            arm = np.repeat(task.arm_pixels()[..., None] * np.uint8(255), 3, axis=2)
            seen += int(arm.any())
            assert not rectifier.rectify(arm, view).any()
        assert seen  # the mask does find the arm in the raw image


def test_background_shows_the_empty_table_in_the_same_light():
    with ClearTable(SimConfig(seed=5)) as task:
        image, clear = task.observe().image, ~sees(task._world, task.view, task.bodies.ids)
        assert (image[clear] == task.background[clear]).mean() > 0.995
        assert (image[~clear] != task.background[~clear]).any(axis=1).all()
