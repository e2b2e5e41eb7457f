"""Trainer: the world model and the cost head learn from pushes."""

import math
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path

import torch
from rich.console import Console
from torch import Generator, nn

from foresight.data.transitions import Transitions, join, joint_digest
from foresight.errors import DatasetError
from foresight.learning.batches.appearance import one_table
from foresight.learning.batches.labels import LabelledImages
from foresight.learning.batches.pushes import first_pushes, rows_of_step, split_episodes, take
from foresight.learning.batches.sequences import following
from foresight.learning.learners.world_model import Learner, Losses
from foresight.learning.loop import Loop
from foresight.learning.objective import LABELS_ONLY
from foresight.learning.probes.world_model import ProbeScores, probe
from foresight.learning.resume import identity, same_run
from foresight.learning.settings import TrainConfig
from foresight.learning.warm_start import start_from
from foresight.world_model import checkpoint
from foresight.world_model.checkpoint import CheckpointConfig
from foresight.world_model.jepa import Jepa

LEAST_BETWEEN_PROBES = 100  # Steps: an epoch of few pushes is shorter than a probe.


class Trainer(Loop[Learner, ProbeScores]):
    """Trains the world model and the cost head on transitions."""

    def __init__(
        self, transitions: Transitions, out: Path, config: CheckpointConfig, train: TrainConfig,
        console: Console | None = None, more: Sequence[Transitions] = (),
    ) -> None:
        """Prepare a run, or the rest of one.

        Args:
            transitions: All pushes; some episodes are held out.
            out: Folder of the checkpoint and the resume state.
            config: Every setting of the networks; what is known of training is filled in.
            train: How to train.
            console: Where progress is shown; standard error without one.
            more: Pushes to learn from beside those, none of them held out.

        Raises:
            CheckpointError: If `out` holds a run with other settings or data, or the checkpoint
                to start from does not fit.
            DatasetError: If there are too few pushes or labels, or the encoder would learn the
                one table of all episodes by heart.
        """
        console, digest = console or Console(stderr=True), joint_digest((transitions, *more))
        self._config = known = replace(config, train=asdict(train), dataset=digest)
        self._train_config = train
        self._has_labels = transitions.has_labels
        _check_labels(transitions, train)
        if warning := one_table(transitions, config.encoder, train):
            console.print(warning, style='yellow')
        taught, self._held_out = split_episodes(transitions, train.holdout)
        self._train = join((first_pushes(taught, train.pushes), *more))
        rows_of_step(len(self._train), train.batch, train.seed, 0)
        steps_an_epoch = len(self._train) // train.batch
        self._labelled = LabelledImages(self._train, train.labels, train.seed) \
            if train.labels else None
        super().__init__(
            _make_learner(config, train), train, train.steps or steps_an_epoch * train.epochs,
            math.ceil(LEAST_BETWEEN_PROBES / steps_an_epoch) * steps_an_epoch, out, console,
            identity(known), lambda kept: same_run(kept, known),
        )

    def _losses(self, generator: Generator) -> Losses:
        """Compute the loss of the next pushes."""
        train, step = self._train_config, self.step
        rows = rows_of_step(len(self._train), train.batch, train.seed, step)
        labelled = self._labelled.draw(train.batch, step, self._device) if self._labelled else None
        later = following(self._train, rows, train.rollout, self._device)
        batch = take(self._train, rows, self._device)
        losses: Losses = self.learner.losses(batch, generator, labelled, later)
        return losses

    def _clipped_apart(self) -> tuple[list[nn.Parameter], list[nn.Parameter]]:
        """Separate the cost head, whose large gradient would shrink all others in one norm."""
        head = list(self.learner.cost_head.parameters())
        apart = set(head)
        return head, [value for value in self.learner.parameters() if value not in apart]

    def _probe(self) -> ProbeScores:
        """Score on held-out pushes."""
        return probe(self.learner, self._held_out, self._train_config)

    def _sound_alarm(self, scores: ProbeScores) -> None:
        """Stop a self-supervised run whose latents say nothing; other objectives need no alarm."""
        if self._train_config.objective == 'jepa':
            super()._sound_alarm(scores)

    def _save(self, scores: ProbeScores) -> None:
        """Write what the nodes load."""
        learner = self.learner
        modules = {'world_model': learner.world_model, 'inverse': learner.inverse}
        if self._has_labels:
            modules['cost_head'] = learner.cost_head
        checkpoint.save(self._out, modules, replace(
            self._config, scores=scores.known(),
            normalisation={'surprise': max(scores.surprise_scale, 1e-6)},
        ))


def _make_learner(config: CheckpointConfig, train: TrainConfig) -> Learner:
    """Build a learner whose initial weights depend only on the seed."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(train.seed)
        world_model = Jepa(config.encoder, config.predictor, config.scene, config.push)
        learner = Learner(world_model, train)
    if train.pretrained:
        start_from(Path(train.pretrained), learner, train.frozen)
    return learner


def _check_labels(transitions: Transitions, train: TrainConfig) -> None:
    """Refuse what needs labels where there are none."""
    wants = train.objective in LABELS_ONLY or train.label_gradient or train.labels
    if wants and not transitions.has_labels:
        raise DatasetError(
            'these pushes have no labels (bags have none): leave out objective, label_gradient '
            'and labels; tasks with a goal image need no cost head'
        )
