import torch

from foresight.actions.loading import make_model
from foresight.protocols import WorldModel
from foresight.world_model.checkpoint import CheckpointConfig
from foresight.world_model.encoder import EncoderConfig
from foresight.world_model.jepa import Jepa
from foresight.world_model.predictors.task import PredictorConfig

SMALL = make_model(CheckpointConfig(EncoderConfig(width=8), PredictorConfig(width=32, blocks=2)))
ACTIONS = torch.tensor([[0.45, 0.0, 1.5, 0.2], [0.5, -0.1, -2.0, 0.3]])


def latents() -> torch.Tensor:
    """Draw two latents."""
    return torch.randn(2, 16, 16, 24, generator=torch.Generator().manual_seed(0))


def stirred() -> Jepa:
    """Return a model that does not start as "nothing moves"."""
    model = make_model(CheckpointConfig(
        EncoderConfig(width=8), PredictorConfig(width=32, blocks=2),
    ))
    torch.nn.init.normal_(model.predictor.outlet.weight, std=0.05)
    return model


def test_untrained_model_predicts_that_nothing_moves():
    model: WorldModel = SMALL
    assert torch.equal(model.predict(latents(), ACTIONS), latents())


def test_prediction_depends_on_the_action():
    same = latents()[:1].expand(2, -1, -1, -1)
    predicted = stirred().predict(same, ACTIONS)
    assert not torch.allclose(predicted[0], predicted[1], atol=1e-3)


def test_each_candidate_is_predicted_by_itself():
    model = stirred()
    model.bf16 = False
    together = model.predict(latents(), ACTIONS)
    alone = torch.cat([
        model.predict(latents()[row:row + 1], ACTIONS[row:row + 1]) for row in range(2)
    ])
    torch.testing.assert_close(together, alone, atol=1e-5, rtol=1e-4)


def test_prediction_is_differentiable_in_the_action():
    model, actions = stirred(), ACTIONS.clone().requires_grad_()
    model.predict(latents(), actions).square().mean().backward()
    assert actions.grad is not None
    assert (actions.grad.abs() > 0).all()


def test_bf16_stays_close_to_full_precision():
    model = stirred()
    with torch.no_grad():
        fast = model.predict(latents(), ACTIONS)
        model.bf16 = False
        torch.testing.assert_close(fast, model.predict(latents(), ACTIONS), atol=0.05, rtol=0.05)
