"""Fine-tuning: what a run keeps that goes on from a checkpoint, and what is chosen for it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from foresight.data.collected import collected, fitting
from foresight.data.transitions import Transitions
from foresight.errors import CheckpointError, DatasetError
from foresight.learning.settings import TrainConfig
from foresight.settings import Checked
from foresight.world_model.checkpoint import Checkpoint, CheckpointConfig
from foresight.world_model.encoder import EncoderConfig
from foresight.world_model.predictors.task import PredictorConfig

RATE = 3e-4
"""Peak learning rate: a third of that of a run from random weights."""
SEEN = 40
"""Times that a run sees each new action."""
LEAST_STEPS, MOST_STEPS = 200, 3000
CRITIC = 'critic'


@dataclass(frozen=True)
class Former:
    """What a run goes on from.

    Attributes:
        checkpoint: The checkpoint, without what would no longer be true of the new one.
        train: Settings of the run, those at their usual values chosen for it.
        remarks: What is kept and what is not, a line each.
    """

    checkpoint: Checkpoint
    train: TrainConfig
    remarks: tuple[str, ...]


def kept_config(
    checkpoint: Checkpoint, encoder: EncoderConfig, predictor: PredictorConfig,
) -> CheckpointConfig:
    """Return the configuration of a checkpoint; only a latent variable may be new.

    Raises:
        CheckpointError: If other networks are asked for.
    """
    known = checkpoint.config
    latent = predictor.latent or known.predictor.latent
    kept = replace(known.predictor, latent=latent)
    for asked, there in ((encoder, known.encoder), (predictor, kept)):
        _check_same(asked, there, checkpoint)
    return replace(known, predictor=kept, scores={})


def known_to(checkpoint: Checkpoint, folder: Path) -> Transitions:
    """Return the actions of a folder as a checkpoint sees them.

    Raises:
        DatasetError: If it was collected in another environment, view or size.
    """
    there, here = fitting(folder, checkpoint.config).environment, checkpoint.config.environment
    if there != here:
        raise DatasetError(
            f'{folder} was collected {_at(there)}, {checkpoint.folder} learned {_at(here)}: give '
            'another --data, or train without --from'
        )
    return collected(folder, checkpoint.foreseen, checkpoint.config.encoder)


def _at(environment: Mapping[str, Any]) -> str:
    """Say where actions were taken."""
    return f'in the environment {environment.get("env")}' if environment else 'at a table'


def tuned(
    checkpoint: Checkpoint, train: TrainConfig, new: Transitions, old: Sequence[Transitions],
) -> Former:
    """Choose for a run what its user left at the usual values, and say what it keeps.

    Raises:
        DatasetError: If the actions are of another kind.
    """
    _check_kind(checkpoint, new, *old)
    usual, replayed = TrainConfig(), sum(len(part) for part in old)
    fresh = train.batch - (round(train.replay_share * train.batch) if replayed else 0)
    often = SEEN if train.epochs == usual.epochs else train.epochs
    steps = train.steps or round(often * len(new) / fresh)
    if (train.steps, train.epochs) == (usual.steps, usual.epochs):
        steps = min(max(steps, LEAST_STEPS), MOST_STEPS)
    rate = RATE if train.learning_rate == usual.learning_rate else train.learning_rate
    chosen = replace(
        train, steps=max(1, steps), learning_rate=rate, distil=0.0 if replayed else train.distil,
    )
    kept, remark = (checkpoint, '') if train.frozen else _without_critic(checkpoint)
    against = f'{replayed} old actions beside them, {train.replay_share:.0%} of each step' \
        if replayed else f'held near the old model ({chosen.distil:g}), as there is no --replay' \
        if chosen.distil else 'nothing holds what was known: give --replay'
    learns = 'the predictor' if train.frozen else 'encoder and predictor'
    return Former(kept, chosen, tuple(filter(None, (
        f'{learns} of {checkpoint.folder} learns from {len(new)} new actions in {chosen.steps} '
        f'steps; {against}',
        _head(checkpoint, any(part.has_labels for part in (new, *old))), remark,
        'alarms of surprise are measured anew by `foresight calibrate surprise`',
    ))))


def _head(checkpoint: Checkpoint, labelled: bool) -> str:
    """Say what becomes of the cost head."""
    if not any(name.startswith('cost_head.') for name in checkpoint.tensors):
        return 'a cost head is new' if labelled else 'there is no cost head'
    return f'the cost head {"learns on from the labels" if labelled else "is kept: no labels"}'


def _without_critic(checkpoint: Checkpoint) -> tuple[Checkpoint, str]:
    """Return a checkpoint without a critic, which reads latents that will no longer be."""
    rest = {name: value for name, value in checkpoint.tensors.items()
            if name.partition('.')[0] != CRITIC}
    if len(rest) == len(checkpoint.tensors):
        return checkpoint, ''
    without = replace(checkpoint, tensors=rest, config=replace(checkpoint.config, critic={}))
    return without, 'the critic is left out: train it anew'


def _check_kind(checkpoint: Checkpoint, *parts: Transitions) -> None:
    """Refuse actions that the model does not foresee."""
    foreseen = checkpoint.config.action.kind
    for part in parts:
        if not checkpoint.config.environment and part.kind != foreseen:
            raise DatasetError(
                f'{checkpoint.folder} foresees {foreseen}, these actions are {part.kind}: give '
                f'--from a checkpoint that learned {part.kind}, or other --data'
            )


def _check_same(asked: Checked, there: Checked, checkpoint: Checkpoint) -> None:
    """Refuse settings that are neither usual nor those of the checkpoint."""
    usual = type(there)()
    for item in fields(there):  # type: ignore[arg-type]
        value, known = getattr(asked, item.name), getattr(there, item.name)
        if value not in (known, getattr(usual, item.name)):
            raise CheckpointError(
                f'{checkpoint.folder} has {item.name} = {known}, not {value}: leave it out, that '
                'of the checkpoint is kept, or train without --from'
            )
