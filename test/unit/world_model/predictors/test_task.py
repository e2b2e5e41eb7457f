import pytest
import torch

from foresight.actions.loading import make_model
from foresight.world_model.checkpoint import CheckpointConfig
from foresight.world_model.encoder import EncoderConfig
from foresight.world_model.predictors.task import PredictorConfig, TaskPredictor

PUSH = torch.tensor([[0.45, 0.0, 1.5, 0.2]])


def model(latent):
    torch.manual_seed(0)
    jepa = make_model(CheckpointConfig(
        EncoderConfig(width=8), PredictorConfig(width=32, blocks=1, latent=latent),
    ))
    torch.nn.init.normal_(jepa.predictor.outlet.weight, std=0.1)
    return jepa.eval()


@pytest.fixture
def latents():
    return torch.randn(1, 16, 16, 24, generator=torch.Generator().manual_seed(1))


def test_without_a_latent_variable_the_predictor_has_no_new_tensor():
    names = TaskPredictor(EncoderConfig(), PredictorConfig(), 9).state_dict()
    assert not any('unknown' in name for name in names)


def test_a_new_latent_variable_leaves_the_expected_outcome_as_it_was(latents):
    old, new = model(0), model(4)
    missing, unknown = new.load_state_dict(old.state_dict(), strict=False)
    assert (sorted(missing), unknown) == (
        ['predictor.unknown.bias', 'predictor.unknown.weight'], [],
    )
    assert torch.equal(new.predict(latents, PUSH), old.predict(latents, PUSH))


@torch.no_grad()
def test_its_value_decides_the_outcome_and_predict_ignores_it(latents):
    jepa = model(4)
    expected = jepa.predict(latents, PUSH)
    one, other = (jepa.imagine(latents, PUSH, value * torch.ones(1, 4)) for value in (-1.0, 1.0))
    assert not torch.allclose(one, other)
    assert torch.equal(jepa.predict(latents, PUSH), expected)


def test_a_model_without_it_imagines_the_expected_outcome(latents):
    jepa = model(0)
    assert jepa.unknowns == 0
    imagined = jepa.imagine(latents, PUSH, torch.zeros(1, 0))
    assert torch.equal(imagined, jepa.predict(latents, PUSH))
