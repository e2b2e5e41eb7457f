"""How well two world models foresee actions of bags, against "nothing moves"."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Float, Int
from torch.nn import functional

from foresight.data.transitions import Transitions, join
from foresight.errors import CheckpointError, DatasetError
from foresight.experiments.statistics import Difference, bootstrap
from foresight.learning.batches.actions import split_episodes, take
from foresight.learning.batches.sequences import following, imagine
from foresight.learning.fine_tuning import known_to
from foresight.learning.settings import TrainConfig
from foresight.world_model.checkpoint import Checkpoint
from foresight.world_model.lineage import read_lineage
from foresight.world_model.losses import changed_cells

AHEAD, CHUNK = (1, 2, 3), 64
Errors = Float[np.ndarray, 'side action']
"""Squared error of a model, and of "nothing moves", of each action."""


@dataclass(frozen=True)
class Prediction:
    """Error of both so many actions ahead, over that of "nothing moves"; new minus old."""

    steps: int
    old: float
    new: float
    difference: Difference


def measure_prediction(
    old: Checkpoint, new: Checkpoint, folders: Sequence[Path],
) -> tuple[Prediction, ...]:
    """Compare both on the episodes of bags that neither has learned from.

    Raises:
        CheckpointError: If they see images of other sizes.
        DatasetError: If nothing was kept apart.
    """
    if (old.config.encoder.rows, old.config.encoder.columns) != (
            new.config.encoder.rows, new.config.encoder.columns):
        raise CheckpointError(
            f'{old.folder} and {new.folder} see images of other sizes: leave --bags out'
        )
    apart = kept_apart([known_to(new, folder) for folder in folders], (old, new))
    found = []
    for steps in AHEAD:
        rows = _rows(apart, steps)
        if len(rows):
            before, after = (_errors(model, apart, rows, steps) for model in (old, new))
            found.append(_prediction(steps, before, after))
    return tuple(found)


def kept_apart(parts: Sequence[Transitions], models: Sequence[Checkpoint]) -> Transitions:
    """Keep the episodes that none of some models has learned from.

    Raises:
        DatasetError: If none is left, or nobody knows which these are.
    """
    found = join(parts)
    left = set(np.unique(found.episode).tolist())
    for model in models:
        lineage = read_lineage(model.folder)
        known = {item.digest for item in lineage.learned} if lineage else {model.config.dataset}
        if not known & {found.digest, *(part.digest for part in parts)}:
            continue
        dataset = lineage.dataset if lineage else model.config.dataset
        if dataset != found.digest:
            raise DatasetError(
                f'{model.folder} learned from some of these bags: give --bags all that it learned '
                'from, in the same order, or others'
            )
        share = lineage.holdout if lineage else float(model.config.train['holdout'])
        left &= set(split_episodes(found, share)[1].episode.tolist())
    if not left:
        raise DatasetError('no episode of these bags was kept apart from training: record another')
    return found.subset(sorted(left))


def _rows(apart: Transitions, steps: int) -> Int[np.ndarray, ' row']:
    """Return the actions that are followed by enough others."""
    known = np.ones(len(apart), bool)
    for step in following(apart, np.arange(len(apart)), steps, torch.device('cpu')):
        known &= step.known.numpy()
    return np.flatnonzero(known)


@torch.no_grad()
def _errors(
    checkpoint: Checkpoint, apart: Transitions, rows: Int[np.ndarray, ' row'], steps: int,
) -> Errors:
    """Measure a model on the cells that change from the first image to the last."""
    model, found = checkpoint.model, []
    for chunk in np.array_split(rows, max(1, len(rows) // CHUNK)):
        batch, later = take(apart, chunk, model.device), following(
            apart, chunk, steps, model.device)
        last = later[-1].batch if later else batch
        images = [model.encoder.prepare(image, batch.background)
                  for image in (batch.before, last.after)]
        before, after = (model.encode_prepared(image) for image in images)
        first = model.predict(before, batch.actions, batch.scene_map)
        changed = changed_cells(images[0], images[1], TrainConfig.change_threshold)
        near = functional.max_pool2d(changed.float(), 3, 1, 1)
        found.append(torch.stack([
            ((guess - after).square().mean(dim=1) * near).sum(dim=(1, 2))
            for guess in (imagine(model.predict, first, later)[-1], before)
        ]))
    return torch.cat(found, dim=1).cpu().double().numpy()


def _prediction(steps: int, old: Errors, new: Errors) -> Prediction:
    """Compare errors action by action."""
    def ratio(errors: Errors, draw: Int[np.ndarray, ' draw']) -> float:
        made, still = errors[:, draw].sum(axis=1)
        return float(made / max(still, 1e-9))

    whole = np.arange(old.shape[1])
    found = bootstrap(lambda draw: ratio(new, draw) - ratio(old, draw), len(whole))
    return Prediction(
        steps, ratio(old, whole), ratio(new, whole),
        Difference(found.value, found.low, found.high, len(whole)),
    )
