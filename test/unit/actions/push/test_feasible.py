"""The guardrail `reach` foretells what the joint level can do."""

import math

import pytest
import torch

from foresight.actions.push.calibration import calibrate, measure_coverage
from foresight.actions.push.feasible import PushFeasibility
from foresight.settings import PushConfig, SceneConfig

SCENE, CONFIG = SceneConfig(), PushConfig()


@pytest.fixture(scope='module')
def feasibility() -> PushFeasibility:
    return PushFeasibility(SCENE, CONFIG)


def test_ordinary_push_is_allowed(feasibility: PushFeasibility) -> None:
    assert feasibility(torch.tensor([[0.45, 0.0, 1.0, 0.2]])).tolist() == [True]


@pytest.mark.parametrize('push', [
    (0.45, 0.0, 1.0, 0.01),
    (0.45, 0.0, 1.0, 0.9),
    (0.80, 0.0, 1.0, 0.2),
    (0.45, 0.28, math.pi / 2, 0.2),
    (0.26, 0.0, 0.0, 0.2),
    (0.30, -0.10, math.pi / 2 + 0.3, 0.2),
    (math.nan, 0.0, 0.0, 0.2),
])
def test_push_outside_box_or_reach_is_refused(
    feasibility: PushFeasibility, push: tuple[float, ...],
) -> None:
    assert feasibility(torch.tensor([push])).tolist() == [False]


def test_calibration_on_a_few_pushes() -> None:
    result = calibrate(40, 11, SCENE, CONFIG)
    assert result.false_accepts <= 0.02
    assert result.false_rejects <= 0.05


def test_most_of_the_table_is_coverable_in_any_heading(feasibility: PushFeasibility) -> None:
    assert measure_coverage(feasibility, spacing=0.05) >= 0.9
