"""Play goes from site to site, and what is learned from it knows the table of each."""

from dataclasses import replace

import numpy as np

from foresight.actions.push.macro_action import PushAction
from foresight.data.collected import collected
from foresight.rollout.collect import collect
from foresight.rollout.play import CollectConfig, PlayConfig
from foresight.rollout.sites import SiteCollector, at_site
from foresight.sim.sites import sample_site
from foresight.world_model.encoder import EncoderConfig
from foresight.world_model.scene_map import draw_scene

CONFIG = PlayConfig(collect=CollectConfig(
    actions=4, actions_an_episode=2, workers=1, seed=0, sites=3, frames=False,
))


def test_each_episode_has_its_own_table(tmp_path):
    collect(CONFIG, tmp_path, lambda _: None)
    known = collected(tmp_path, PushAction(), EncoderConfig())
    for number, drawn in enumerate(known.scene_maps):
        expected = draw_scene(sample_site(number).scene, EncoderConfig().grid)
        np.testing.assert_array_equal(drawn, expected.numpy())
    assert len(known.scene_maps) >= 2


def test_a_site_and_its_camera_belong_to_its_number():
    first, again, other = (at_site(CONFIG, seed) for seed in (1, 4, 2))
    assert first == again != other
    everyone = replace(CONFIG, collect=replace(CONFIG.collect, sites=40, seen_through=0.5))
    seen_through = {at_site(everyone, seed).camera.effect != 'none' for seed in range(6)}
    assert seen_through == {True, False}


def test_an_episode_depends_on_its_seed_alone():
    first, again = (SiteCollector(CONFIG).play(1) for _ in range(2))
    np.testing.assert_array_equal(first.stills.data, again.stills.data)
    np.testing.assert_array_equal(first.actions, again.actions)
