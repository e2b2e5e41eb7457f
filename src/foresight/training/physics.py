"""Intuitive physics: is an impossible clip more surprising than its possible twin?

References:
    Garrido et al., arXiv:2502.11831, section 2 and 4: surprise in sliding windows; the average
    over a clip decides a pair, the maximum a single clip. The error is relative to motion here.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, Int, UInt8
from torch import Tensor

from foresight.data.clips import ClipPairs
from foresight.training.statistics import Proportion, wilson
from foresight.world_model.surprise import worst_cells
from foresight.world_model.video_predictor import VideoJepa, futures

CHUNK = 16
RESAMPLES = 1000
VARIANCE = 1.0  # Of the features of a cell: the encoder normalises each cell to it.

Latents = Float[Tensor, 'clip window horizon channel height width']
Cells = Float[Tensor, 'clip window horizon height width']
CellError = Callable[[Latents, Latents, Latents], Cells]  # Of guess, arrival and last seen.

# Frames and empty scenes of some clips to the surprise in each of their windows.
Contender = Callable[
    [UInt8[np.ndarray, 'clip frame row col 3'], UInt8[np.ndarray, 'clip row col 3']],
    Float[np.ndarray, 'clip window'],
]


@dataclass(frozen=True)
class Curves:
    """Surprise of the clips of one category over time.

    Attributes:
        possible: Surprise in each window of each possible clip.
        impossible: The same of the impossible clips.
        groups: Pairs of the same number were made of the same states.
    """

    possible: Float[np.ndarray, 'pair window']
    impossible: Float[np.ndarray, 'pair window']
    groups: Int[np.ndarray, ' pair']


@dataclass(frozen=True)
class Separation:
    """How well surprise tells impossible from possible.

    Attributes:
        pairs: Share of pairs whose impossible clip has the higher average surprise.
        auroc: Chance that an impossible clip has a higher maximum than any possible one.
        auroc_low: Lower end of its 95 % interval, resampling groups.
        auroc_high: Upper end.
    """

    pairs: Proportion
    auroc: float
    auroc_low: float
    auroc_high: float


def latent_surprise(
    model: VideoJepa, persistence: bool = False, error: CellError | None = None,
) -> Contender:
    """Return the prediction error of latents in each window of a clip.

    Only the worst cells of each predicted frame count: an object covers few of them, and the many
    others add what they add to every clip.

    Args:
        model: Video predictor.
        persistence: Predict that nothing moves instead.
        error: How far a guess is off in each cell; `relative_error` if left out.
    """
    context, horizon = model.config.context, model.config.horizon
    measured = error or relative_error

    @torch.inference_mode()
    def surprise(frames: np.ndarray, backgrounds: np.ndarray) -> np.ndarray:
        curves = []
        for first in range(0, len(frames), CHUNK):
            inputs = model.prepare(*(
                torch.from_numpy(part[first:first + CHUNK]).to(model.scene_map.device)
                for part in (frames, backgrounds)
            ))
            latents = model.encode(inputs)
            arrived = futures(latents, context, horizon)
            last = latents[:, context - 1:context - 1 + arrived.shape[1], None].expand_as(arrived)
            guess = last if persistence else model.predict(latents)
            cells = measured(guess, arrived, last)
            worst = worst_cells(cells.flatten(0, 2)).reshape(cells.shape[:3])
            curves.append(worst.mean(dim=2).cpu().numpy())
        return np.concatenate(curves)

    return surprise


def relative_error(guess: Latents, arrived: Latents, last: Latents) -> Cells:
    """Return the squared error of each cell over the variance to be expected there.

    What moves is predicted less exactly than what rests. A plain error therefore prefers the clip
    in which less moves: what comes out from under a board, as it should, costs more than what
    never does. The variance of an error is taken as that of the features of a cell plus the
    squared changes that were foreseen and that came.

    Args:
        guess: Predicted latents.
        arrived: Latents that came.
        last: Latents seen last before.

    References:
        Gustav Fechner 1860: Weber's law, a difference is felt in proportion to what it is
        added to.
    """
    moved = _square_distance(guess, last) + _square_distance(arrived, last)
    return plain_error(guess, arrived, last) / (VARIANCE + moved)


def plain_error(guess: Latents, arrived: Latents, last: Latents) -> Cells:
    """Return the squared error of each cell, however much moves."""
    return _square_distance(guess, arrived)


def _square_distance(first: Latents, second: Latents) -> Cells:
    """Return the mean squared difference of the features of each cell."""
    return (first - second).square().mean(dim=3)


def pixel_surprise(context: int) -> Contender:
    """Return the mean difference of each frame to the one before, after `context` frames."""
    def surprise(frames: np.ndarray, backgrounds: np.ndarray) -> np.ndarray:
        return np.stack([
            np.abs(np.diff(clip.astype(np.float32), axis=0)).mean(axis=(1, 2, 3))
            for clip in frames[:, context - 1:]
        ])

    return surprise


def measure(contender: Contender, pairs: ClipPairs) -> Curves:
    """Let a contender watch every clip of a category."""
    return Curves(
        contender(pairs.possible, pairs.backgrounds),
        contender(pairs.impossible, pairs.backgrounds), pairs.groups,
    )


def separation(curves: Curves) -> Separation:
    """Score one category."""
    means = curves.possible.mean(axis=1), curves.impossible.mean(axis=1)
    peaks = curves.possible.max(axis=1), curves.impossible.max(axis=1)
    low, high = _interval(*peaks, curves.groups)
    return Separation(pair_accuracy(*means), auroc(*peaks), low, high)


def overall(curves: Mapping[str, Curves]) -> Separation:
    """Score all categories together."""
    parts = list(curves.values())
    most = max(int(part.groups.max()) for part in parts) + 1
    return separation(Curves(
        np.concatenate([part.possible for part in parts]),
        np.concatenate([part.impossible for part in parts]),
        np.concatenate([part.groups + most * index for index, part in enumerate(parts)]),
    ))


def pair_accuracy(
    possible: Float[np.ndarray, ' pair'], impossible: Float[np.ndarray, ' pair'],
) -> Proportion:
    """Count the pairs whose impossible clip scores higher; of the ties, half."""
    wins = (impossible > possible).sum() + 0.5 * (impossible == possible).sum()
    return wilson(int(wins), len(possible))


def auroc(
    possible: Float[np.ndarray, ' clip'], impossible: Float[np.ndarray, ' other'],
) -> float:
    """Return the chance that a random impossible clip scores above a random possible one.

    References:
        Hanley and McNeil 1982: the area under the curve is the Mann-Whitney statistic.
    """
    ordered = np.sort(possible)
    below = np.searchsorted(ordered, impossible, side='left')
    not_above = np.searchsorted(ordered, impossible, side='right')
    return float((below + not_above).mean() / 2 / len(possible))


def _interval(
    possible: np.ndarray, impossible: np.ndarray, groups: np.ndarray,
) -> tuple[float, float]:
    """Bootstrap the area over groups, whose clips are not independent."""
    generator = np.random.default_rng(0)
    names = np.unique(groups)
    rows = [np.flatnonzero(groups == name) for name in names]
    values = []
    for _ in range(RESAMPLES):
        drawn = generator.integers(len(rows), size=len(rows))
        picked = np.concatenate([rows[index] for index in drawn])
        values.append(auroc(possible[picked], impossible[picked]))
    low, high = np.percentile(values, (2.5, 97.5))
    return float(low), float(high)


def by_variant(curves: Curves, pairs: ClipPairs) -> dict[str, Proportion]:
    """Return the pair accuracy of each variant of a category."""
    return {
        str(name): pair_accuracy(
            curves.possible[pairs.variants == name].mean(axis=1),
            curves.impossible[pairs.variants == name].mean(axis=1),
        ) for name in np.unique(pairs.variants)
    }
