"""Sites drawn at random: each is one that an arm can work at, and none for testing is like those
for training."""

import os
from functools import cache

import numpy as np
import pytest

from foresight.actions.push.feasible import open_share
from foresight.actions.push.macro_action import PushAction
from foresight.robots.arm import ArmModel
from foresight.robots.joint_level import JointLevelConfig
from foresight.settings import SIDES
from foresight.sim.clear_table import ClearTable
from foresight.sim.meshes import seen_paths, unseen_paths
from foresight.sim.sites import HELD_OUT, TRAINING, sample_site
from foresight.world_model.encoder import EncoderConfig
from foresight.world_model.observation.rectification import Rectifier

COUNT = 24 if 'FORESIGHT_SOAK' in os.environ else 12


@cache
def drawn(held_out):
    return [sample_site(seed, held_out) for seed in range(COUNT)]


@pytest.fixture(params=[False, True], ids=['training', 'held_out'])
def sites(request):
    return drawn(request.param)


def test_the_arm_works_on_every_table_and_over_every_edge_to_a_bin(sites):
    for site in sites:
        site.scene.check_view()
        arm = ArmModel.load(stand=site.scene.stand)
        feasible = PushAction(site.scene).feasible(arm, JointLevelConfig())  # raises if too little
        assert all(open_share(zone, feasible) >= 0.55 for zone in site.scene.zones)


def test_floor_is_in_view_on_every_side(sites):
    for site in sites:
        scene = site.scene
        spans = {'x': scene.table_x, 'y': scene.table_y}
        views = {'x': scene.view_x, 'y': scene.view_y}
        for axis, (low, high) in spans.items():
            assert low - views[axis][0] >= 0.049
            assert views[axis][1] - high >= 0.049


def test_every_camera_sees_the_view_and_not_the_arm(sites):
    for site in sites[:15]:
        arm = ArmModel.load(stand=site.scene.stand)
        with ClearTable(site.sim, site.scene, site.camera, arm) as task:
            rectifier = Rectifier(site.scene, EncoderConfig())
            for seed in range(2):
                first = task.reset(seed)
                assert set(task.objects().status) == {'table'}
                seen = np.repeat(task.arm_pixels()[..., None] * np.uint8(255), 3, axis=2)
                assert not rectifier.rectify(seen, first.view).any()
                assert rectifier.differs(first.image, task.background, first.view).any()


def test_sites_are_of_many_kinds(sites):
    assert {side for site in sites for side in site.scene.bins} == set(SIDES)
    assert 0.1 < np.mean([len(site.scene.bins) == 2 for site in sites]) < 0.5
    assert 0.4 < np.mean([site.sim.shadows for site in sites]) < 0.95
    for values in (
        [site.scene.table_width for site in sites], [site.scene.table_depth for site in sites],
        [site.camera.tilt[0] for site in sites], [site.sim.size_high for site in sites],
    ):
        assert len(set(values)) > COUNT // 2
    assert len({site.scene.stand for site in sites}) == COUNT


def test_a_seed_gives_the_same_site_and_another_kind_another():
    assert sample_site(7) == drawn(False)[7]
    assert drawn(False)[7].scene != drawn(True)[7].scene


def test_training_and_testing_share_no_texture_lamp_or_object():
    assert not set(TRAINING.surfaces) & set(HELD_OUT.surfaces)
    for name in ('light_tilt', 'ambient', 'diffuse', 'light_color'):
        (low, high), (other_low, other_high) = getattr(TRAINING, name), getattr(HELD_OUT, name)
        assert high < other_low or other_high < low, name
    assert (TRAINING.object_set, HELD_OUT.object_set) == ('seen', 'unseen')
    assert not set(seen_paths()) & set(unseen_paths())
    assert HELD_OUT.odd_share == 0.0
