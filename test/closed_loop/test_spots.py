"""Claims about where the objects of hard scenes stand."""

import numpy as np
import pytest

from foresight.settings import SIDES, SceneConfig
from foresight.sim.objects import sample_specs
from foresight.sim.settings import SimConfig
from foresight.sim.spots import choose_places, sample_spots
from foresight.zone_frame import ZoneFrame

HARD = SimConfig(layout='hard', object_set='primitives')
COLORS = tuple(np.zeros((3, 3)))


def hard_spots(scene: SceneConfig, seed: int) -> np.ndarray:
    generator = np.random.default_rng(seed)
    specs = sample_specs(HARD, COLORS, generator)
    return sample_spots(specs, choose_places(HARD, len(specs), generator), scene, generator)


def test_the_usual_hard_scene_stays_where_it_was() -> None:
    before = [[0.33583382, 0.10814697], [0.33634091, -0.00236431], [0.60665768, -0.26028329]]
    np.testing.assert_allclose(hard_spots(SceneConfig(), 0)[:, :2], before, atol=5e-9)


@pytest.mark.parametrize('side', SIDES)
def test_hard_scenes_turn_with_the_bin(side: str) -> None:
    scene = SceneConfig(bins=(side,), table_middle=0.1)
    frame = ZoneFrame(scene, scene.zones[0])
    for seed in range(10):
        x, y = frame.turned(hard_spots(scene, seed)[:, :2]).T
        rim = np.minimum(x - frame.sides[0], frame.sides[1] - x)
        assert (rim[[0, 2]] > 0.029).all() and (rim[[0, 2]] < 0.046).all()
        assert 0.029 < y[2] - frame.ends[0] < 0.051
        assert (y[:2] > frame.ends[0]).all() and (y[:2] < frame.ends[1]).all()
