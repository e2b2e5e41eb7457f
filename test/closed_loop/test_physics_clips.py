"""Physics clips: pairs begin alike, possible ones obey physics, a seed is a clip."""

import numpy as np
import pytest

from foresight.sim.clips.physics_clips import FAMILIAR, PhysicsSet, familiar_view, new_view
from foresight.sim.clips.quadruple import EARLIEST
from foresight.sim.clips.violations import VIOLATIONS
from foresight.sim.settings import CameraConfig

FASTEST = 0.2  # m a frame: what falls 10 cm comes down with 1.4 m/s


@pytest.mark.parametrize('category', VIOLATIONS)
def test_pairs_begin_alike_and_exchange_their_ends(category):
    made = PhysicsSet(held_out=True).make((category, 0))
    again = PhysicsSet(held_out=True).make((category, 0))
    assert made.event >= EARLIEST
    for kind in ('possible', 'impossible'):
        for first, second in zip(getattr(made, kind), getattr(again, kind), strict=True):
            assert np.array_equal(first, second)
    for possible, impossible in zip(made.possible, made.impossible, strict=True):
        assert possible.shape == impossible.shape
        assert np.array_equal(possible[:made.event], impossible[:made.event])
        assert not np.array_equal(possible[made.event:], impossible[made.event:])


@pytest.mark.parametrize('category', VIOLATIONS)
def test_what_is_possible_neither_jumps_nor_vanishes(category):
    for seed in range(3):
        stage, made = PhysicsSet(held_out=False).draw(category, seed)
        stage.close()
        for script in made.possible:
            for poses in script.values():
                steps = np.linalg.norm(np.diff(poses[:, :3], axis=0), axis=1)
                assert steps.max() < FASTEST


def test_test_cameras_are_not_those_of_training():
    config, generator = CameraConfig(), np.random.default_rng(0)
    mean = np.array(config.position)
    limit = FAMILIAR * config.position_jitter
    for _ in range(200):
        offset = familiar_view(config, generator).base_from_camera[:3, 3] - mean
        assert np.abs(offset).max() <= limit + 1e-9
        new = new_view(config, generator).base_from_camera
        moved = np.abs(new[:3, 3] - mean).max() > limit
        turned = np.arccos(np.clip(-new[2, 2], -1.0, 1.0)) > 1e-3
        assert moved or turned
