"""Intuitive physics: is an impossible clip more surprising than its possible twin?

References:
    Garrido et al., arXiv:2502.11831, section 2 and 4: the average surprise over a clip decides a
    pair, the maximum a single clip.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from foresight.data.clips import ClipPairs
from foresight.experiments.statistics import Interval, Proportion, bootstrap, wilson
from foresight.learning.probes.clip_surprise import Contender


@dataclass(frozen=True)
class Curves:
    """Surprise in each window of the clips of one category.

    Attributes:
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
        auroc: Chance that an impossible clip has a higher maximum than any possible one; its
            interval resamples groups.
    """

    pairs: Proportion
    auroc: Interval


def watch(contender: Contender, pairs: ClipPairs) -> dict[str, Curves]:
    """Let a contender watch every clip of a category; one result for each of its surprises."""
    possible = contender(pairs.possible, pairs.backgrounds)
    impossible = contender(pairs.impossible, pairs.backgrounds)
    return {
        name: Curves(curve, impossible[name], pairs.groups) for name, curve in possible.items()
    }


def separation(curves: Curves) -> Separation:
    """Score one category."""
    means = curves.possible.mean(axis=1), curves.impossible.mean(axis=1)
    peaks = curves.possible.max(axis=1), curves.impossible.max(axis=1)
    rows = [np.flatnonzero(curves.groups == name) for name in np.unique(curves.groups)]

    def area(drawn: Int[np.ndarray, ' group']) -> float:
        picked = np.concatenate([rows[index] for index in drawn])
        return auroc(peaks[0][picked], peaks[1][picked])

    return Separation(pair_accuracy(*means), bootstrap(area, len(rows)))


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


def auroc(possible: Float[np.ndarray, ' clip'], impossible: Float[np.ndarray, ' other']) -> float:
    """Return the chance that a random impossible clip scores above a random possible one.

    References:
        Hanley and McNeil 1982: the area under the curve is the Mann-Whitney statistic.
    """
    ordered = np.sort(possible)
    below = np.searchsorted(ordered, impossible, side='left')
    not_above = np.searchsorted(ordered, impossible, side='right')
    return float((below + not_above).mean() / 2 / len(possible))


def by_variant(curves: Curves, pairs: ClipPairs) -> dict[str, Proportion]:
    """Return the pair accuracy of each variant of a category."""
    return {
        str(name): pair_accuracy(
            curves.possible[pairs.variants == name].mean(axis=1),
            curves.impossible[pairs.variants == name].mean(axis=1),
        ) for name in np.unique(pairs.variants)
    }
