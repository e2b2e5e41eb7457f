"""The sites of the package: everything is in view, and the arm can work there."""

import numpy as np
import pytest

from foresight.files import share
from foresight.robots.arm import ArmModel
from foresight.rollout.loop import evaluate
from foresight.rollout.players import ClearTablePlayers
from foresight.sim.camera import make_view
from foresight.sim.clear_table import ClearTable
from foresight.sim.meshes import unseen_paths
from foresight.sim.settings import CameraConfig
from foresight.sim.site import load_site
from foresight.sim.sites import HELD_OUT, within_reach
from foresight.tasks.clear_table.hand_rule import HandRule
from foresight.world_model.encoder import EncoderConfig
from foresight.world_model.observation.rectification import Rectifier

NAMES = sorted(path.stem for path in share('config/sites').glob('*.yaml'))
STILL = np.zeros(3)
LIGHT = ('light_tilt', 'ambient', 'diffuse', 'light_color')


@pytest.fixture(params=NAMES)
def site(request):
    return load_site(request.param)


def make_table(site):
    return ClearTable(
        site.sim, site.scene, site.camera, ArmModel.load(stand=site.scene.stand),
    )


def limit_views(camera, count):
    """Return views with every jitter at one of its limits."""
    signs = np.random.default_rng(0).choice([-1.0, 1.0], (count, 6))
    return [
        make_view(camera, camera.position_jitter * sign[:3], camera.angle_jitter * sign[3:])
        for sign in signs
    ]


def test_every_camera_sees_the_rectified_view_and_not_the_retracted_arm(site):
    with make_table(site) as task:
        rectifier = Rectifier(site.scene, EncoderConfig())
        for view in limit_views(site.camera, 40):
            task.view = view
            arm = np.repeat(task.arm_pixels()[..., None] * np.uint8(255), 3, axis=2)
            assert not rectifier.rectify(arm, view).any()  # raises if the view is cut off


def test_objects_kept_for_testing_are_shown_where_nothing_else_is_like_training(site):
    kept = {path.stem for path in unseen_paths()}
    testing = site.sim.object_set == HELD_OUT.object_set
    with make_table(site) as task:
        for seed in range(5):
            task.reset(seed)
            shown = {name.rpartition('_')[2] for name in task.objects().names}
            assert shown <= kept if testing else not shown & kept
    if testing:
        light = [getattr(site.sim, name) for name in LIGHT]
        assert set(site.sim.surfaces) <= set(HELD_OUT.surfaces)
        assert light == [getattr(HELD_OUT, name) for name in LIGHT]


def test_the_arm_works_on_the_table_and_over_each_edge_to_a_bin(site):
    assert within_reach(site.scene)


@pytest.mark.parametrize('name', NAMES)
def test_the_hand_rule_clears_the_table_of_a_site(name):
    site = load_site(name)
    players = ClearTablePlayers(
        HandRule.name, 'clear_table', site.sim, share('models/clear_table'), scene=site.scene,
        camera=site.camera,
    )
    assert sum(episode.success for episode in evaluate(players, range(3))) >= 2


def test_a_tilted_camera_looks_where_it_is_turned():
    straight = make_view(CameraConfig(), STILL, STILL).base_from_camera
    tilted = make_view(CameraConfig(tilt=(0.0, -0.3, 0.0)), STILL, STILL).base_from_camera
    np.testing.assert_array_equal(straight[:3, 2], [0.0, 0.0, -1.0])
    np.testing.assert_allclose(tilted[:3, 2], [0.0, np.sin(0.3), -np.cos(0.3)], atol=1e-12)
    np.testing.assert_array_equal(straight[:3, 3], tilted[:3, 3])
