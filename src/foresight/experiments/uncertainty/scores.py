"""Uncertainty: imagined outcomes of repeated actions beside the true ones."""

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Generator, Tensor

from foresight.data.repeated_actions import RepeatedActions
from foresight.experiments.statistics import Interval, bootstrap, rank_correlation
from foresight.learning.probes.coverage import Coverage, draw_outcomes, squared_error
from foresight.macro_action import Spread
from foresight.tasks.clear_table.cost_head import STATUS_FLOOR, STATUS_TABLE, Dropped, Occupancy
from foresight.world_model.jepa import Jepa

SPREAD_SAMPLES = 32
"""Samples whose spread is compared with that of the outcomes."""


@dataclass(frozen=True)
class Imagined:
    """Latents of repeated actions.

    Attributes:
        before: Before each action.
        outcomes: After each repetition.
        expected: Prediction without the latent variable.
        samples: Predictions with it; all as expected if the model has no latent variable.
        jittered: As many predictions without it, each of a slightly other action.
    """

    before: Float[Tensor, 'state channel height width']
    outcomes: Float[Tensor, 'state repeat channel height width']
    expected: Float[Tensor, 'state channel height width']
    samples: Float[Tensor, 'state sample channel height width']
    jittered: Float[Tensor, 'state sample channel height width']


@dataclass(frozen=True)
class UncertaintyScores:
    """How well samples show what may happen; MEANINGS of `measure` says what each figure is.

    Errors are relative to "nothing moves".
    """

    states: int
    repeats: int
    samples: int
    expected: float
    single: float
    best: float
    jitter_best: float
    coverage: float
    gain: Interval
    perfect_expected: float
    perfect_best: float
    spread: Interval
    jitter_spread: Interval
    motion: Interval
    size: float
    drops: float
    drops_expected: Interval
    drops_samples: Interval


@torch.no_grad()
def imagine_repeated(
    model: Jepa, usual: Spread, actions: RepeatedActions, samples: int, generator: Generator,
) -> Imagined:
    """Encode repeated actions and imagine what they do."""
    before, outcomes = [], []
    for image, background, after in zip(
        actions.before, actions.background, actions.after, strict=True,
    ):
        images = torch.from_numpy(np.concatenate([image[None], after])).to(model.device)
        empty = torch.from_numpy(background).to(model.device).expand(len(images), -1, -1, -1)
        latents = model.encode(images, empty)
        before.append(latents[0])
        outcomes.append(latents[1:])
    start, done = torch.stack(before), torch.from_numpy(actions.action).to(model.device)
    return Imagined(
        start, torch.stack(outcomes), model.predict(start, done),
        draw_outcomes(model, start, done, samples, generator),
        _jittered(model, usual, start, done, samples, generator),
    )


def _jittered(
    model: Jepa, usual: Spread, start: Tensor, actions: Tensor, samples: int, generator: Generator,
) -> Float[Tensor, 'state sample channel height width']:
    """Predict the actions as a planner does that knows no latent variable: slightly jittered."""
    std = torch.tensor(usual.jitter)
    jitter = std * torch.randn(samples, len(std), generator=generator)
    return torch.stack([
        model.predict(start, actions + shift.to(actions.device)) for shift in jitter
    ], dim=1)


def compare(
    imagined: Imagined, samples: Float[Tensor, 'state sample channel height width'],
) -> Coverage:
    """Compare samples with every true outcome of their action."""
    outcomes = imagined.outcomes
    errors = torch.stack([
        squared_error(samples[:, index, None], outcomes) for index in range(samples.shape[1])
    ], dim=-1)  # state repeat sample
    expected = squared_error(imagined.expected[:, None], outcomes)
    return Coverage(expected, errors.mean(dim=-1), errors.amin(dim=-1))


def ideal(outcomes: Float[Tensor, 'state repeat *latent'], samples: int) -> tuple[float, float]:
    """Return the mean errors of the mean and of the best of other true outcomes of each action."""
    repeats = outcomes.shape[1]
    mean = outcomes.mean(dim=1, keepdim=True)
    # Leaving an outcome out of its own mean moves it away by this factor.
    expected = squared_error(mean, outcomes) * (repeats / (repeats - 1)) ** 2
    errors = torch.stack([
        squared_error(outcomes, outcomes.roll(shift, dims=1))
        for shift in range(1, min(samples, repeats - 1) + 1)
    ], dim=-1)  # state repeat sample
    return float(expected.mean()), float(errors.amin(dim=-1).mean())


def spread(latents: Float[Tensor, 'state sample *latent']) -> Float[Tensor, ' state']:
    """Return the variance over the samples, averaged over the latent."""
    return latents.var(dim=1).flatten(1).mean(dim=1)


def drop_rates(
    status: Int[np.ndarray, 'state object'], statuses: Int[np.ndarray, 'state repeat object'],
) -> Float[np.ndarray, ' state']:
    """Return the mean number of objects that a repetition drops from the table."""
    fell = (statuses == STATUS_FLOOR) & (status == STATUS_TABLE)[:, None]
    return np.asarray(fell.sum(axis=2).mean(axis=1))


def expected_drops(
    occupancy: Occupancy, dropped: Dropped, before: Float[Tensor, 'state *latent'],
    after: Float[Tensor, 'state sample *latent'],
) -> Float[np.ndarray, ' state']:
    """Return how many objects more the cost head sees on the floor, averaged over the samples."""
    scores = dropped.weigh(occupancy(after.flatten(0, 1))).reshape(after.shape[:2])
    return _array(scores.mean(dim=1) - dropped.weigh(occupancy(before)))


def score(
    model: Jepa, usual: Spread, occupancy: Occupancy, actions: RepeatedActions, samples: int,
    seed: int,
) -> tuple[UncertaintyScores, Imagined]:
    """Measure how well samples show what may happen.

    Args:
        model: World model; without a latent variable every sample is the expected outcome.
        usual: How far a planner jitters actions.
        occupancy: Cost head, which tells what a sample drops.
        actions: Repeated actions.
        samples: Samples that compete for the best.
        seed: Seed of the samples.
    """
    generator = torch.Generator().manual_seed(seed)
    imagined = imagine_repeated(model, usual, actions, max(samples, SPREAD_SAMPLES), generator)
    outcomes, still = imagined.outcomes, squared_error(imagined.before[:, None], imagined.outcomes)
    coverage, scale = compare(imagined, imagined.samples[:, :samples]), float(still.mean())
    jitter = compare(imagined, imagined.jittered[:, :samples])
    perfect_expected, perfect_best = ideal(outcomes, samples)
    wide, true = _array(spread(imagined.samples)), _array(spread(outcomes))
    moved = _array(squared_error(imagined.expected, imagined.before))
    dropped = Dropped(occupancy, model.encoder_config)
    rates = drop_rates(actions.status, actions.statuses)
    found = UncertaintyScores(
        states=len(actions), repeats=actions.repeats, samples=samples,
        expected=float(coverage.expected.mean()) / scale,
        single=float(coverage.single.mean()) / scale,
        best=float(coverage.best.mean()) / scale,
        jitter_best=float(jitter.best.mean()) / scale,
        coverage=coverage.ratio,
        gain=bootstrap(lambda chosen: _gain(coverage, chosen), len(actions)),
        perfect_expected=perfect_expected / scale, perfect_best=perfect_best / scale,
        spread=_order(wide, true), jitter_spread=_order(_array(spread(imagined.jittered)), true),
        motion=_order(moved, true),
        size=float(wide.mean() / true.mean()), drops=float((rates > 0).mean()),
        drops_expected=_order(
            expected_drops(occupancy, dropped, imagined.before, imagined.expected[:, None]), rates,
        ),
        drops_samples=_order(
            expected_drops(occupancy, dropped, imagined.before, imagined.samples), rates,
        ),
    )
    return found, imagined


def _order(guess: Float[np.ndarray, ' state'], truth: Float[np.ndarray, ' state']) -> Interval:
    """Return the rank correlation with its interval."""
    return bootstrap(lambda chosen: rank_correlation(guess[chosen], truth[chosen]), len(truth))


def _gain(coverage: Coverage, chosen: Int[np.ndarray, ' state']) -> float:
    """Return best over expected for some states."""
    return float(coverage.best[chosen].sum() / coverage.expected[chosen].sum())


def _array(values: Float[Tensor, ' state']) -> Float[np.ndarray, ' state']:
    """Move values to numpy."""
    return np.asarray(values.cpu())
