import json
from dataclasses import asdict

import numpy as np
import pytest
import torch

from foresight.actions.loading import make_model
from foresight.actions.push.settings import PushSpread
from foresight.data.repeated_actions import RepeatedActions
from foresight.experiments.uncertainty.measure import Uncertainty
from foresight.experiments.uncertainty.scores import (
    compare,
    drop_rates,
    ideal,
    imagine_repeated,
    score,
)
from foresight.tasks.clear_table.cost_head import CostHead, Occupancy
from foresight.world_model.checkpoint import CheckpointConfig
from foresight.world_model.encoder import EncoderConfig
from foresight.world_model.predictors.task import PredictorConfig

STATES, REPEATS = 6, 5


def jepa(latent):
    torch.manual_seed(0)
    model = make_model(CheckpointConfig(
        EncoderConfig(width=8), PredictorConfig(width=32, blocks=1, latent=latent),
    )).eval()
    torch.nn.init.normal_(model.predictor.outlet.weight, std=0.05)
    if latent:
        torch.nn.init.normal_(model.predictor.unknown.weight)
    return model.requires_grad_(False)


@pytest.fixture
def actions():
    random = np.random.default_rng(0)
    images = random.integers(0, 255, (STATES, 2 + REPEATS, 64, 96, 3)).astype(np.uint8)
    return RepeatedActions(
        seed=np.arange(STATES), before=images[:, 0], background=images[:, 1],
        action=np.tile(np.array([0.45, 0.0, 1.5, 0.2], np.float32), (STATES, 1)),
        status=np.ones((STATES, 2), np.int8), after=images[:, 2:],
        positions=np.zeros((STATES, REPEATS, 2, 3), np.float32),
        statuses=random.integers(1, 4, (STATES, REPEATS, 2)).astype(np.int8),
    )


def measured(actions, latent):
    model = jepa(latent)
    head = CostHead(16, model.raster.scene_map)
    return score(model, PushSpread(), Occupancy(head.requires_grad_(False)), actions, 4, 0)


def test_without_a_latent_variable_all_samples_are_the_expected_outcome(actions):
    found, imagined = measured(actions, 0)
    assert found.coverage == pytest.approx(1.0)
    assert found.gain.value == pytest.approx(1.0)
    assert found.size == pytest.approx(0.0, abs=1e-9)
    assert torch.equal(imagined.samples[:, 0], imagined.expected)


def test_with_one_samples_differ_and_the_best_is_no_worse_than_one(actions):
    found, imagined = measured(actions, 3)
    assert found.size > 0.0
    assert found.best < found.single
    assert found.coverage < 1.0
    assert found.gain.low <= found.gain.value <= found.gain.high
    assert imagined.outcomes.shape[:2] == (STATES, REPEATS)


def test_scores_are_repeatable(actions):
    assert measured(actions, 3)[0] == measured(actions, 3)[0]


def test_perfect_samples_are_the_floor_of_the_best(actions):
    model = jepa(0)
    imagined = imagine_repeated(model, PushSpread(), actions, 4, torch.Generator().manual_seed(0))
    outcomes = imagined.outcomes
    expected, best = ideal(outcomes.expand(-1, REPEATS, -1, -1, -1), 4)
    assert best < 2.0 * expected
    same, none = ideal(outcomes[:, :1].expand(-1, REPEATS, -1, -1, -1), 4)
    assert (same, none) == pytest.approx((0.0, 0.0), abs=1e-12)


def test_the_mean_of_others_is_what_leaving_one_out_gives():
    outcomes = torch.randn(3, 5, 2, 2, 2, generator=torch.Generator().manual_seed(0))
    errors = [
        (outcomes[:, index] - outcomes[:, torch.arange(5) != index].mean(dim=1)).square().mean()
        for index in range(5)
    ]
    assert ideal(outcomes, 2)[0] == pytest.approx(float(torch.stack(errors).mean()), rel=1e-4)


def test_only_what_lay_on_the_table_counts_as_dropped():
    status = np.array([[1, 2], [1, 1]], np.int8)
    statuses = np.array([[[2, 2], [1, 2]], [[3, 1], [1, 1]]], np.int8)
    assert drop_rates(status, statuses).tolist() == [0.5, 0.0]


def test_comparison_covers_every_outcome(actions):
    generator = torch.Generator().manual_seed(0)
    imagined = imagine_repeated(jepa(3), PushSpread(), actions, 4, generator)
    assert compare(imagined, imagined.samples).best.shape == (STATES, REPEATS)
    assert compare(imagined, imagined.jittered).gain < 1.0


def test_the_page_names_figures_and_command(actions):
    document = {
        'command': 'foresight evaluate uncertainty', 'checkpoint': 'models/x', 'seed': 0,
        'object_set': 'seen', 'unknowns': 3, **asdict(measured(actions, 3)[0]),
    }
    json.dumps(document, allow_nan=False)
    written = Uncertainty().page(document)
    assert 'foresight evaluate uncertainty' in written
    assert 'best of 4 samples' in written
