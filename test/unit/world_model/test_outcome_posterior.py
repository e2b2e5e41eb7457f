import pytest
import torch

from foresight.world_model.encoder import EncoderConfig
from foresight.world_model.outcome_posterior import OutcomeGuess, OutcomePosterior


def guess(mean, std):
    return OutcomeGuess(torch.full((2, 3), mean), torch.full((2, 3), std).log())


def test_the_prior_itself_tells_nothing():
    assert guess(0.0, 1.0).divergence().tolist() == pytest.approx([0.0, 0.0])


def test_divergence_is_that_of_two_normals():
    normal = torch.distributions.Normal
    wanted = torch.distributions.kl_divergence(normal(1.5, 0.2), normal(0.0, 1.0))
    assert guess(1.5, 0.2).divergence().tolist() == pytest.approx([3 * float(wanted)] * 2)


def test_a_draw_lets_the_gradient_through_and_repeats_with_its_seed():
    mean, log_std = torch.zeros(2, 3, requires_grad=True), torch.zeros(2, 3, requires_grad=True)
    drawn = [
        OutcomeGuess(mean, log_std).draw(torch.Generator().manual_seed(4)) for _ in range(2)
    ]
    assert torch.equal(*drawn)
    drawn[0].sum().backward()
    assert torch.equal(mean.grad, torch.ones(2, 3))
    assert log_std.grad.abs().sum() > 0


def test_the_guess_depends_on_what_happened():
    torch.manual_seed(0)
    posterior = OutcomePosterior(EncoderConfig(), 9, 5)
    before, drawn = torch.randn(2, 16, 16, 24), torch.randn(2, 9, 16, 24)
    still, moved = (posterior(before, after, drawn) for after in (before, before + 1.0))
    assert still.mean.shape == (2, 5)
    assert not torch.allclose(still.mean, moved.mean)
