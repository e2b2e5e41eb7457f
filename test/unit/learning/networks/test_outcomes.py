"""A world where every action goes one of two ways, and nothing before it tells which."""

import pytest
import torch

from foresight.actions.loading import make_model
from foresight.learning.networks.outcomes import OutcomeGuess, OutcomePosterior, Outcomes
from foresight.learning.probes.coverage import draw_outcomes, measure_coverage
from foresight.learning.settings import TrainConfig
from foresight.world_model.checkpoint import CheckpointConfig
from foresight.world_model.encoder import EncoderConfig
from foresight.world_model.predictors.task import PredictorConfig

PUSH = torch.tensor([[0.45, 0.0, 1.5, 0.2]])
CONFIG = TrainConfig(latent_free=1.0, latent_weight=0.02)


def coin(count, seed):
    """Return latents before, and after actions that raise or lower the same cells."""
    generator = torch.Generator().manual_seed(seed)
    before = torch.zeros(count, 16, 16, 24)
    sides = torch.randint(0, 2, (count, 1, 1, 1), generator=generator) * 2.0 - 1.0
    change = torch.zeros(1, 16, 16, 24)
    change[:, :8, 6:10, 8:14] = 1.0
    return before, before + sides * change


def jepa(latent):
    torch.manual_seed(0)
    model = make_model(CheckpointConfig(
        EncoderConfig(width=8), PredictorConfig(width=32, blocks=1, latent=latent),
    ))
    model.bf16 = False
    return model


def tables(model, count):
    """Return the usual table for each of so many actions."""
    return model.raster.scene_map.expand(count, -1, -1, -1)


@pytest.fixture(scope='module')
def trained():
    """Train with a latent variable on the world of two ways."""
    model = jepa(2)
    outcomes = Outcomes(model, CONFIG)
    optimizer = torch.optim.Adam([*model.parameters(), *outcomes.parameters()], 3e-3)
    generator = torch.Generator().manual_seed(0)
    for step in range(100):
        before, after = coin(16, step)
        predicted, told = outcomes(
            model, before, after, PUSH.repeat(16, 1), tables(model, 16), generator,
        )
        loss = 50.0 * (predicted - after).square().mean() + outcomes.price(told)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return model, float(told.detach())


@torch.no_grad()
def test_the_expected_outcome_stays_between_the_two(trained):
    before, after = coin(1, 0)
    expected = trained[0].predict(before, PUSH)
    assert float((expected * after.abs()).mean().abs()) < 0.4 * float(after.abs().mean())


def test_samples_go_both_ways(trained):
    before, after = coin(1, 0)
    generator = torch.Generator().manual_seed(1)
    samples = draw_outcomes(trained[0], before, PUSH, 32, generator)[0]
    along = (samples * after).flatten(1).sum(dim=1) / after.square().sum()
    assert (along > 0.5).any() and (along < -0.5).any()


def test_the_best_of_eight_beats_the_expected_outcome(trained):
    before, after = coin(64, 1)
    generator = torch.Generator().manual_seed(1)
    found = measure_coverage(trained[0], before, PUSH.repeat(64, 1), after, 8, generator)
    assert found.gain < 0.4
    assert found.ratio < 0.4


def test_what_the_posterior_tells_stays_near_the_free_allowance(trained):
    assert 0.5 < trained[1] < 3.0


def test_a_latent_variable_that_is_ignored_has_coverage_one():
    before, after = coin(8, 0)
    model = jepa(2)
    torch.nn.init.zeros_(model.predictor.unknown.weight)
    torch.nn.init.zeros_(model.predictor.unknown.bias)
    found = measure_coverage(
        model, before, PUSH.repeat(8, 1), after, 8, torch.Generator().manual_seed(0),
    )
    assert found.ratio == pytest.approx(1.0)
    assert found.gain == pytest.approx(1.0)


def test_only_what_exceeds_the_allowance_costs():
    outcomes = Outcomes(jepa(2), CONFIG)
    prices = [float(outcomes.price(torch.tensor(told))) for told in (0.5, 1.0, 2.0)]
    assert prices == pytest.approx([0.0, 0.0, 0.02])


@pytest.mark.parametrize(('latent', 'share'), [(0, 0.5), (2, 0.0)])
def test_without_it_all_actions_are_predicted_as_expected(latent, share):
    before, after = coin(4, 0)
    model = jepa(latent)
    outcomes = Outcomes(model, TrainConfig(latent_share=share))
    generator = torch.Generator().manual_seed(0)
    state = generator.get_state()
    predicted, told = outcomes(
        model, before, after, PUSH.repeat(4, 1), tables(model, 4), generator,
    )
    assert told is None
    assert torch.equal(predicted, model.predict(before, PUSH.repeat(4, 1)))
    assert torch.equal(generator.get_state(), state)


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
