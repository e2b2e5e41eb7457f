import pytest
import torch

from foresight.config import TrainConfig
from foresight.world_model.regularizers import NoRegularizer, make_regularizer
from foresight.world_model.regularizers.vicreg import covariance_term, variance_term


def noise(rows: int, features: int) -> torch.Tensor:
    """Draw independent features of unit variance."""
    return torch.randn(rows, features, generator=torch.Generator().manual_seed(0))


def test_variance_term_is_zero_above_the_target_and_one_at_collapse():
    assert variance_term(2.0 * noise(500, 4), 1.0) == 0.0
    assert variance_term(torch.ones(500, 4), 1.0) == pytest.approx(0.99)


def test_covariance_term_punishes_copies():
    independent = noise(4000, 4)
    copies = independent[:, :1].repeat(1, 4)
    assert covariance_term(independent) < 0.01
    assert covariance_term(copies) == pytest.approx(3.0, rel=0.1)


def test_every_named_regularizer_can_be_built():
    choices = TrainConfig.__dataclass_fields__['regularizer'].metadata['choices']
    for name in choices:
        penalty = make_regularizer(16, TrainConfig(regularizer=name))(noise(64, 16))
        assert torch.isfinite(penalty.total)


def test_no_regularizer_adds_nothing():
    assert NoRegularizer()(noise(8, 4)).total == 0.0


def test_penalty_is_higher_for_cells_that_are_alike():
    regularizer = make_regularizer(16, TrainConfig())
    cells = noise(512, 16)
    alike = regularizer(cells[:1] + 1e-3 * cells).total
    assert alike > regularizer(cells).total
