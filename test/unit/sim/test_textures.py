import numpy as np
import pytest

from foresight.sim.textures import HIGH, LOW, PLAIN, SIDE, TEXTURES, draw_texture, noise


@pytest.mark.parametrize('family', TEXTURES)
def test_a_picture_is_a_factor_about_one_that_its_generator_decides(family):
    drawn, again, other = (
        draw_texture(family, np.random.default_rng(seed)) for seed in (0, 0, 1)
    )
    assert drawn.shape == (SIDE, SIDE, 3)
    assert drawn.dtype == np.float32
    assert LOW <= drawn.min() < drawn.max() <= HIGH
    np.testing.assert_allclose(drawn.mean(axis=(0, 1)), 1.0, atol=0.12)
    assert drawn.std() > 0.01
    assert np.array_equal(drawn, again)
    assert not np.array_equal(drawn, other)


def test_plain_changes_no_colour_and_draws_nothing():
    generator = np.random.default_rng(0)
    assert (draw_texture(PLAIN, generator) == 1.0).all()
    assert generator.random() == np.random.default_rng(0).random()


def test_steeper_noise_is_smoother():
    rough, smooth = (noise(np.random.default_rng(0), power) for power in (0.5, 2.0))
    assert np.abs(np.diff(smooth)).mean() < 0.3 * np.abs(np.diff(rough)).mean()
    assert smooth.std() == pytest.approx(1.0)
