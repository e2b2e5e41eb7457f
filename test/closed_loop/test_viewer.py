"""The viewer camera: arm, table and objects as a person would see them."""

import numpy as np
import pytest

from foresight.errors import ConfigError
from foresight.robots.arm import ArmModel
from foresight.sim.clear_table import ClearTable
from foresight.sim.settings import SimConfig
from foresight.sim.site import USUAL
from foresight.sim.viewer.depth import part_of, pixels_of, points_of, shoot
from foresight.sim.viewer.lamp import TOWARDS
from foresight.sim.viewer.stage import Movers, mesh_file
from foresight.sim.viewer.viewer import SIZE, Viewer

SIM = SimConfig(seed=3)
AT_WORK = np.array([0.35, 0.35, 0.0, -2.1, 0.0, 2.45, 0.6])


@pytest.fixture(scope='module')
def scene():
    """What the simulator says of the scene: objects, colours."""
    with ClearTable(SIM) as table:
        return table.objects(), table.bodies.specs, table.look


@pytest.fixture(scope='module')
def viewer():
    with Viewer(SIM, USUAL, ArmModel.load()) as made:
        yield made


@pytest.fixture(scope='module')
def picture(viewer, scene):
    states = scene[0]
    return viewer.picture(AT_WORK, states.positions, states.orientations)


def at(viewer, picture, point) -> np.ndarray:
    """Colour of the picture where a point is [m], as shares of its brightness."""
    columns, rows, _ = pixels_of(viewer.view, np.asarray([point], np.float32))
    column, row = int(columns[0]), int(rows[0])
    color = picture[row - 1:row + 2, column - 1:column + 2].mean((0, 1))
    return color / color.sum()


def test_the_picture_has_the_size_of_a_film_and_the_room_is_light(picture):
    assert picture.shape == (720, 1280, 3) and picture.dtype == np.uint8
    assert picture[:40].min() > 150  # the wall behind everything


def test_arm_and_objects_are_seen(viewer, scene):
    states, specs, _ = scene
    with Movers(SIM, ArmModel.load(), specs) as movers:
        movers.place(AT_WORK, states.positions, states.orientations)
        body = shoot(movers.world, viewer.view, TOWARDS).body
        arm = np.isin(body, movers.arms).sum()
        objects = [(body == which).sum() for which in movers.objects]
    assert arm > 10_000 and min(objects) > 100


def test_table_and_objects_have_their_own_colours(viewer, picture, scene):
    states, specs, look = scene
    free = np.array([0.62, -0.05, 0.0])
    assert np.abs(at(viewer, picture, free) - look.table / look.table.sum()).max() < 0.05
    for spec, position in zip(specs, states.positions):
        if spec.kind == 'box':
            difference = at(viewer, picture, position) - spec.color / spec.color.sum()
            assert np.abs(difference).max() < 0.1


def test_the_arm_throws_a_shadow(viewer, picture, scene):
    states = scene[0]
    home = viewer.picture(
        ArmModel.load().retract, states.positions, states.orientations,
    ).astype(int)
    darker = (home - picture).min(axis=-1) > 15
    assert darker[300:700, 500:900].sum() > 1000


def test_what_is_painted_on_the_table_lies_under_the_objects(viewer, picture, scene):
    states = scene[0]

    def paint(canvas):
        canvas[:] = (0.0, 0.0, 255.0)

    painted = viewer.picture(AT_WORK, states.positions, states.orientations, paint)
    assert painted[5, 5].tolist() == [0, 0, 255]
    box = next(i for i, name in enumerate(states.names) if 'box' in name)
    before, after = (at(viewer, image, states.positions[box]) for image in (picture, painted))
    assert np.abs(before - after).max() < 0.02


def test_a_part_of_a_picture_shows_the_same_points(viewer):
    part = part_of(viewer.view, (100, 200, 300, 260), 2)
    points = points_of(part, np.full((part.height, part.width), 1.7, np.float32))
    columns, rows, depth = pixels_of(viewer.view, points)
    assert (part.width, part.height) == (400, 120)
    assert np.allclose([columns.min(), rows.min()], [99.75, 199.75], atol=1e-2)
    assert np.allclose([columns.max(), rows.max()], [299.25, 259.25], atol=1e-2)
    assert np.allclose(depth, 1.7, atol=1e-4) and SIZE == (1280, 720)


def test_an_unknown_look_is_named():
    with pytest.raises(ConfigError, match=r'there is no nowhere\.urdf'):
        mesh_file('nowhere.urdf')
