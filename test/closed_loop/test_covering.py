"""Pictures and shadows lie where they belong, and on nothing unless they are asked for."""

import hashlib
from dataclasses import replace

import numpy as np
import pytest

from foresight.settings import SceneConfig
from foresight.sim.camera import look_at, render, seen_bodies
from foresight.sim.clear_table import ClearTable
from foresight.sim.objects import THIN
from foresight.sim.settings import SimConfig
from foresight.sim.textures import TEXTURES
from foresight.world_model.observation.rectification import image_from_plane, project_points

# First image, empty table and positions of seed 10000, before surfaces had pictures.
USUAL = '9a2276bb445218677aae764bf52d70b212177e8662e730dc0edb82eb6bd1a5f7'


SIDELIT = SimConfig(shadows=True, objects=1, object_set='primitives', light_tilt=(0.7, 0.7))


def digest(task):
    first = task.reset(10000).image.tobytes() + task.background.tobytes()
    return hashlib.sha256(first + task.objects().positions.tobytes()).hexdigest()


def test_the_usual_site_is_what_it_was():
    with ClearTable(SimConfig()) as task:
        assert digest(task) == USUAL


@pytest.mark.parametrize('family', TEXTURES)
def test_a_picture_changes_the_surfaces_and_leaves_the_objects(family):
    with ClearTable(SimConfig(surfaces=(family,) * 3, seed=3)) as task:
        plain = render(task._world, task.view, task._look)
        seen = seen_bodies(task._world, task.view)
        changed = (task.observe().image != plain).any(axis=2)
        objects = np.isin(seen, (*task.bodies.ids, task._arm.body))
        assert objects.any()
        assert not changed[objects].any()
        assert changed[~objects].mean() > 0.2


def test_a_bumped_camera_sees_the_picture_move_with_the_table():
    with ClearTable(SimConfig(surfaces=('photo', 'plain', 'plain'), objects=0)) as task:
        first, view = task.background, task.view
        task.view = look_from(view, (0.5, 0.05, 1.0))
        second = task.observe().image
        points = np.array([(x, y, 0.0) for x in np.arange(0.34, 0.62, 0.03)
                           for y in np.arange(-0.26, 0.26, 0.03)])
        shown = [sample(image, project_points(points, seen))
                 for image, seen in ((first, view), (second, task.view))]
        assert np.corrcoef(shown[0].ravel(), shown[1].ravel())[0, 1] > 0.8


def look_from(view, position):
    return replace(view, base_from_camera=look_at(np.array(position), np.array((0.5, 0.05, 0.0))))


def sample(image, pixels):
    columns, rows = np.rint(pixels).astype(int).T
    return image[rows, columns].astype(float)


def test_a_thing_throws_its_shadow_away_from_the_lamp():
    with ClearTable(SIDELIT) as task:
        for seed in (0, 1, 3):  # with 2 all of the table lies in the shadow of the arm
            task.reset(seed)
            darker = task.background.astype(int).sum(2) - task.observe().image.astype(int).sum(2)
            darker[seen_bodies(task._world, task.view) != 1] = 0  # only what is seen of the table
            rows, columns = np.nonzero(darker > 20)
            assert len(rows) > 3
            middle = project_points(task.objects().positions, task.view)[0]
            lamp = task._look.light_direction[:2]
            away = np.array([columns.mean(), rows.mean()]) - middle
            # The picture's right is -y and its down is -x.
            assert away @ np.array([lamp[1], lamp[0]]) > 0


def test_a_thing_in_the_shadow_of_the_arm_is_darker():
    with ClearTable(SIDELIT) as task:
        task.reset(2)
        lit = render(task._world, task.view, task._look).astype(int)
        thing = seen_bodies(task._world, task.view) == task.bodies.ids[0]
        assert (task.observe().image[thing] < 0.9 * lit[thing] + 1).all()


def test_the_plane_of_a_homography_is_where_its_points_are_seen():
    with ClearTable(SimConfig()) as task:
        low = -SceneConfig().table_height
        points = np.array([(0.2, -0.3, low), (0.7, 0.4, low)])
        rays = np.column_stack([points[:, :2], np.ones(2)]) @ image_from_plane(task.view, low).T
        np.testing.assert_allclose(
            rays[:, :2] / rays[:, 2:], project_points(points, task.view), atol=1e-9)


def test_flat_long_and_tall_things_are_no_flatter_than_the_paddle_needs():
    with ClearTable(SimConfig(odd_share=1.0, objects=8, size_high=0.1)) as task:
        kinds = {name.split('_')[1] for seed in range(3) for name in reset_names(task, seed)}
        assert kinds == {'disc', 'bar', 'tall'}
        assert task.objects().extents.min() >= THIN[0]
        assert set(task.objects().status) == {'table'}


def reset_names(task, seed):
    task.reset(seed)
    return task.objects().names


def test_what_bounces_is_asked_for():
    with ClearTable(SimConfig(objects=6, restitution=(0.2, 0.4))) as task:
        assert all(0.2 <= spec.restitution <= 0.4 for spec in task.bodies.specs)
        assert set(task.objects().status) == {'table'}
        task.sim = SimConfig()
        task.reset(0)
        assert {spec.restitution for spec in task.bodies.specs} == {0.0}
