from dataclasses import replace

import pytest
import torch

from foresight.learning.settings import TrainConfig
from foresight.world_model.regularizers import (
    CellViews,
    NoRegularizer,
    Regularizer,
    make_regularizer,
)
from foresight.world_model.regularizers.barlow import cross_correlation
from foresight.world_model.regularizers.infonce import info_nce
from foresight.world_model.regularizers.sigreg import draw_directions, epps_pulley
from foresight.world_model.regularizers.vicreg import covariance_term, variance_term

CHANNELS, CELLS = 16, 512
CHOICES = TrainConfig.__dataclass_fields__['regularizer'].metadata['choices']
METHODS = tuple(name for name in CHOICES if name != 'none')
NUMBERS = {'expander': 128, 'weight': 1.0, 'variance_weight': 1.0, 'covariance_weight': 0.05}


def noise(rows: int, features: int, seed: int = 0) -> torch.Tensor:
    """Draw independent features of unit variance."""
    return torch.randn(rows, features, generator=torch.Generator().manual_seed(seed))


def on_sphere(cells: torch.Tensor) -> torch.Tensor:
    """Normalise cells as the encoder does."""
    return torch.nn.functional.layer_norm(cells, cells.shape[-1:])


def views(cells: torch.Tensor, rounding: float = 0.1) -> CellViews:
    """Let all views see the same cells, the imagined ones not quite."""
    arrived = cells[len(cells) // 2:]
    predicted = arrived + rounding * arrived.detach().std() * noise(*arrived.shape, seed=1)
    return CellViews(cells, arrived, predicted, arrived.detach())


def alike(spread: float) -> torch.Tensor:
    """Make cells that hardly differ from one another."""
    return on_sphere(noise(1, CHANNELS, seed=2) + spread * noise(CELLS, CHANNELS))


def build(name: str, **changes: object) -> Regularizer:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return make_regularizer(name, CHANNELS, **{**NUMBERS, **changes})


def generator() -> torch.Generator:
    return torch.Generator().manual_seed(3)


def settle(regularizer: Regularizer, cells: torch.Tensor, steps: int = 50) -> torch.Tensor:
    """Train the networks of a regularizer on fixed cells and return its penalty."""
    weights = [value for value in regularizer.parameters() if value.requires_grad]
    optimizer = torch.optim.Adam(weights, 1e-2) if weights else None
    for _ in range(steps):
        total = regularizer(views(cells), generator()).total
        if optimizer is None:
            break
        optimizer.zero_grad()
        total.backward()
        optimizer.step()
        regularizer.update(0.9)
    return total.detach()


@pytest.mark.parametrize('name', METHODS)
def test_penalty_is_low_for_healthy_cells_and_high_at_collapse(name):
    healthy = settle(build(name), on_sphere(noise(CELLS, CHANNELS)))
    collapsed = settle(build(name), alike(1e-4))
    assert healthy < 0.5 * collapsed


@pytest.mark.parametrize('name', METHODS)
def test_gradient_moves_cells_away_from_collapse(name):
    regularizer, free = build(name), (noise(1, CHANNELS, seed=2) + 0.05 * noise(
        CELLS, CHANNELS)).requires_grad_()
    before = on_sphere(free.detach())
    parameters = [value for value in regularizer.parameters() if value.requires_grad]
    optimizer = torch.optim.Adam([free, *parameters], 2e-2)
    for _ in range(60):
        optimizer.zero_grad()
        regularizer(views(on_sphere(free)), generator()).total.backward()
        optimizer.step()
        regularizer.update(0.9)
    after = on_sphere(free.detach())
    assert after.std(dim=0).mean() > 1.5 * before.std(dim=0).mean()


@pytest.mark.parametrize('name', METHODS)
def test_penalty_repeats_with_the_generator_and_scales_with_its_weight(name):
    cells = views(on_sphere(noise(CELLS, CHANNELS)))

    def penalty(**changes):
        with torch.no_grad():
            return float(build(name, **changes).eval()(cells, generator()).total)

    twice = {'variance_weight': 2.0, 'covariance_weight': 0.1} if name == 'vicreg' else {
        'weight': 2.0}
    assert penalty() == penalty()
    assert penalty(**twice) == pytest.approx(2.0 * penalty())


@pytest.mark.parametrize('name', METHODS)
def test_gradient_reaches_cells_but_never_the_target(name):
    cells = on_sphere(noise(CELLS, CHANNELS)).requires_grad_()
    target = on_sphere(noise(CELLS // 2, CHANNELS)).requires_grad_()
    seen = replace(views(cells), target=target)
    build(name)(seen, generator()).total.backward()
    assert cells.grad is not None and cells.grad.abs().sum() > 0
    assert target.grad is None


def test_variance_term_is_zero_above_the_target_and_one_at_collapse():
    assert variance_term(2.0 * noise(500, 4), 1.0) == 0.0
    assert variance_term(torch.ones(500, 4), 1.0) == pytest.approx(0.99)


def test_covariance_term_punishes_copies():
    independent = noise(4000, 4)
    copies = independent[:, :1].repeat(1, 4)
    assert covariance_term(independent) < 0.01
    assert covariance_term(copies) == pytest.approx(3.0, rel=0.1)


def test_cross_correlation_of_equal_independent_views_is_the_identity():
    cells = noise(4000, 4)
    torch.testing.assert_close(
        cross_correlation(cells, cells), torch.eye(4), atol=0.05, rtol=0.0)
    assert cross_correlation(cells, noise(4000, 4, seed=1)).abs().max() < 0.06
    assert cross_correlation(torch.ones(9, 4), cells[:9]).abs().max() == 0.0


def test_info_nce_is_one_for_a_blind_guess_and_zero_for_a_sure_one():
    blind = torch.ones(64, 8)
    assert info_nce(blind, blind) == pytest.approx(1.0)
    assert info_nce(torch.eye(64), torch.eye(64)) < 1e-2


def test_epps_pulley_knows_a_normal_distribution_from_others():
    normal = epps_pulley(noise(20_000, 3))
    assert normal.max() < 1e-3
    assert epps_pulley(torch.zeros(100, 1)) == pytest.approx(0.409, abs=0.01)
    for other in (0.3 * noise(20_000, 3), 1.0 + noise(20_000, 3), noise(20_000, 3).sign()):
        assert epps_pulley(other).min() > 20.0 * normal.max()


def test_cells_spread_over_the_sphere_of_layer_norm_pass_the_test_of_normality():
    total = build('sigreg')(views(on_sphere(noise(20_000, CHANNELS))), generator()).total
    flat = on_sphere(noise(20_000, 2) @ noise(2, CHANNELS, seed=4))
    assert total < 0.05
    assert build('sigreg')(views(flat), generator()).total > 10.0 * total


def test_directions_lie_where_layer_norm_leaves_the_cells():
    directions = draw_directions(CHANNELS, 8, generator())
    torch.testing.assert_close(directions.norm(dim=0), torch.ones(8))
    torch.testing.assert_close(directions.sum(dim=0), torch.zeros(8), atol=1e-6, rtol=0.0)


def test_teacher_head_follows_the_student_only_when_updated():
    regularizer = build('ema')
    for weight in regularizer.head.parameters():
        weight.data.add_(1.0)
    slow, fast = (next(head.parameters()) for head in (regularizer.slow_head, regularizer.head))
    before = slow.clone()
    regularizer(views(on_sphere(noise(CELLS, CHANNELS))), generator())
    assert torch.equal(slow, before)
    regularizer.update(0.75)
    torch.testing.assert_close(slow, before + 0.25 * (fast - before))


def test_centre_moves_in_training_only():
    regularizer, cells = build('ema'), views(on_sphere(noise(CELLS, CHANNELS)))
    regularizer.eval()(cells, generator())
    assert regularizer.centre.abs().sum() == 0.0
    regularizer.train()(cells, generator())
    assert regularizer.centre.abs().sum() > 0.0


def test_no_regularizer_adds_nothing():
    assert NoRegularizer()(views(noise(8, 4)), generator()).total == 0.0
