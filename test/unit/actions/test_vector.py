import pytest
import torch

from foresight.actions.kinds import foreseen, make
from foresight.actions.vector import VectorAction
from foresight.errors import ConfigError
from foresight.macro_action import ActionConfig, ForeseenAction, MacroAction
from foresight.settings import SceneConfig

SETTINGS = {'low': [-1.0, 0.0], 'high': [1.0, 10.0]}
ACTION = VectorAction.of(SETTINGS)


def drawn(count=200):
    return ACTION.bounds.draw(count, torch.Generator().manual_seed(0))


def test_a_vector_is_foreseen_but_nothing_that_an_arm_does():
    assert isinstance(ACTION, ForeseenAction)
    assert not isinstance(ACTION, MacroAction)
    assert foreseen(ACTION.config, SceneConfig()) == ACTION
    with pytest.raises(ConfigError, match='vector'):
        make(ACTION.config, SceneConfig())


def test_the_raster_writes_scaled_numbers_everywhere_and_the_place_of_each_cell():
    raster = ACTION.raster((2, 4))
    features = raster(torch.tensor([[1.0, 5.0], [-1.0, 10.0]]))
    assert features.shape == (2, raster.channels, 2, 4)
    assert (features[0, 0] == 1.0).all() and (features[0, 1] == 0.0).all()
    assert (features[1, 0] == -1.0).all() and (features[1, 1] == 1.0).all()
    torch.testing.assert_close(features[0, 2, :, 0], torch.tensor([-0.5, 0.5]))
    torch.testing.assert_close(features[0, 3, 0], torch.tensor([-0.75, -0.25, 0.25, 0.75]))


def test_draws_fill_the_bounds():
    actions = drawn()
    assert ACTION.bounds(actions).all()
    assert not ACTION.bounds(actions + 11.0).any()
    assert actions.std(dim=0).min() > 0.25


def test_a_perturbed_action_is_put_back_on_the_bounds():
    space = ACTION.space(0.5)
    assert space.noise == (1.0, 5.0)
    assert ACTION.bounds(space.settle(drawn() * 3.0)).all()
    far = torch.tensor([[[9.0, 90.0]], [[0.0, 0.0]]])
    assert space.distances(far, torch.zeros(1, 2))[0] > 2.0


@pytest.mark.parametrize('settings', [
    {}, {'low': [0.0], 'high': [1.0, 2.0]}, {'low': [1.0], 'high': [1.0]}, {'low': [], 'high': []},
    {**SETTINGS, 'speed': 1.0},
])
def test_what_bounds_nothing_is_refused(settings):
    with pytest.raises(ConfigError, match='macro-action vector'):
        foreseen(ActionConfig('vector', settings), SceneConfig())
