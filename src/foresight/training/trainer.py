"""Trainer: a plain loop that can be killed at any moment and started again."""

import math
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from foresight.config import TrainConfig
from foresight.data.transitions import Transitions
from foresight.errors import DatasetError
from foresight.training.appearance import one_table
from foresight.training.batches import first_pushes, rows_of_step, split_episodes, take
from foresight.training.collapse import check_health
from foresight.training.descent import descend, scalars
from foresight.training.journal import Journal
from foresight.training.labels import LabelledImages
from foresight.training.learner import Learner, Losses
from foresight.training.objective import LABELS_ONLY
from foresight.training.probe import ProbeScores, probe
from foresight.training.resume import load_resume, save_resume
from foresight.training.sequences import following
from foresight.training.warm_start import start_from
from foresight.world_model import checkpoint
from foresight.world_model.checkpoint import CheckpointConfig
from foresight.world_model.jepa import Jepa
from foresight.world_model.precision import pick_device

LOG_EVERY = 20
LEAST_BETWEEN_PROBES = 100  # Steps: an epoch of few pushes is shorter than a probe.
PATIENCE = 300  # Steps before the collapse alarm is armed: an untrained latent may look anyhow.


@dataclass(frozen=True)
class TrainResult:
    """Outcome of a run.

    Attributes:
        scores: Held-out scores at the end.
        steps: Steps of the whole run.
        folder: Where the checkpoint lies.
    """

    scores: ProbeScores
    steps: int
    folder: Path


class Trainer:
    """Trains the world model and the cost head on transitions."""

    def __init__(
        self, transitions: Transitions, out: Path, config: CheckpointConfig,
        console: Console | None = None,
    ) -> None:
        """Prepare a run, or the rest of one.

        Args:
            transitions: All pushes; some episodes are held out.
            out: Folder of the checkpoint and the resume state.
            config: Every setting; scores and dataset are filled in.
            console: Where progress is shown; standard error without one.

        Raises:
            CheckpointError: If `out` holds a run with other settings or data, or the checkpoint
                to start from does not fit.
            DatasetError: If there are too few pushes or labels, or the encoder would learn the
                one table of all episodes by heart.
        """
        train = config.train
        torch.set_num_threads(train.threads)
        out.mkdir(parents=True, exist_ok=True)
        self._out, self._console = out, console or Console(stderr=True)
        self._config = replace(config, dataset=transitions.digest)
        self._device = pick_device(train.device)
        self._has_labels = transitions.has_labels
        _check_labels(transitions, train)
        if warning := one_table(transitions, config.encoder, train):
            self._console.print(warning, style='yellow')
        known, self._held_out = split_episodes(transitions, train.holdout)
        self._train = first_pushes(known, train.pushes)
        rows_of_step(len(self._train), train.batch, train.seed, 0)
        self._steps_an_epoch = len(self._train) // train.batch
        epochs = math.ceil(LEAST_BETWEEN_PROBES / self._steps_an_epoch)
        self._between_probes = epochs * self._steps_an_epoch
        self._labelled = LabelledImages(self._train, train.labels, train.seed) \
            if train.labels else None
        self.learner = _make_learner(config).to(self._device)
        self._optimizer = torch.optim.AdamW(
            [value for value in self.learner.parameters() if value.requires_grad],
            train.learning_rate, weight_decay=train.weight_decay, fused=True,
        )
        self.step = load_resume(out, self.learner, self._optimizer, self._config)

    @property
    def steps(self) -> int:
        """Steps of the whole run."""
        return self._config.train.steps or self._steps_an_epoch * self._config.train.epochs

    def run(self) -> TrainResult:
        """Train to the end.

        Raises:
            CollapseError: If the latents collapse or the loss is not finite.
        """
        self._learn()
        return self.finish()

    def finish(self) -> TrainResult:
        """Score what has been learned so far and write the checkpoint.

        Raises:
            CollapseError: If the latents collapsed.
        """
        scores = probe(self.learner, self._held_out, self._config.train)
        self._save_checkpoint(scores)
        self._sound_alarm(scores)
        return TrainResult(scores, self.steps, self._out)

    def _learn(self) -> None:
        """Take the steps that are left."""
        with Journal(self._out, self.step) as journal, progress_bar(self._console) as progress:
            task = progress.add_task('training', total=self.steps, completed=self.step, rate='')
            while self.step < self.steps:
                self._advance(journal)
                progress.update(task, completed=self.step, rate=self._rate(progress, task))

    def _advance(self, journal: Journal) -> None:
        """Take one step, and log, probe and save when it is time."""
        losses = self._take_step()
        if self.step % LOG_EVERY == 0 or self.step == self.steps:
            journal.write(self.step, 'loss', scalars(losses))
        end_of_epoch = self.step % self._between_probes == 0
        if end_of_epoch:
            self._examine(journal)
        save_now = self.step % self._config.train.save_every == 0 or self.step == self.steps
        if end_of_epoch or save_now:
            save_resume(self._out, self.step, self.learner, self._optimizer, self._config)

    def _take_step(self) -> Losses:
        """Take one optimiser step; everything random is a function of seed and step."""
        train = self._config.train
        self.learner.train()
        rows = rows_of_step(len(self._train), train.batch, train.seed, self.step)
        generator = torch.Generator().manual_seed(train.seed * 1_000_003 + self.step)
        labelled = self._labelled.draw(train.batch, self.step, self._device) \
            if self._labelled else None
        later = following(self._train, rows, train.rollout, self._device)
        batch = take(self._train, rows, self._device)
        losses = self.learner.losses(batch, generator, labelled, later)
        descend(
            losses, self._optimizer, self._clipped_apart(), self.step, self.steps, train,
        )
        self.learner.update_target()
        self.step += 1
        return losses

    def _clipped_apart(self) -> tuple[list[torch.nn.Parameter], list[torch.nn.Parameter]]:
        """Separate the cost head, whose large gradient would shrink all others in one norm."""
        head = set(self.learner.cost_head.parameters())
        others = [value for value in self.learner.parameters() if value not in head]
        return list(head), others

    def _examine(self, journal: Journal) -> None:
        """Probe on held-out pushes and sound the collapse alarm."""
        scores = probe(self.learner, self._held_out, self._config.train)
        journal.write(self.step, 'probe', scores.known())
        self._save_checkpoint(scores)
        self._sound_alarm(scores)

    def _sound_alarm(self, scores: ProbeScores) -> None:
        """Stop a self-supervised run whose latents say nothing; other objectives need no alarm."""
        if self._config.train.objective == 'jepa' and self.step >= min(PATIENCE, self.steps):
            check_health(scores.health)

    def _save_checkpoint(self, scores: ProbeScores) -> None:
        """Write what the nodes load."""
        learner = self.learner
        modules = {'world_model': learner.world_model, 'inverse': learner.inverse}
        if self._has_labels:
            modules['cost_head'] = learner.cost_head
        checkpoint.save(self._out, modules, replace(
            self._config, scores=scores.known(),
            normalisation={'surprise': max(scores.surprise_scale, 1e-6)},
        ))

    def _rate(self, progress: Progress, task: int) -> str:
        speed = progress.tasks[task].speed or 0.0
        return f'{speed * self._config.train.batch:.0f} pushes/s'


def progress_bar(console: Console) -> Progress:
    """Return the bar of a run."""
    return Progress(
        TextColumn('{task.description}'), BarColumn(), MofNCompleteColumn(),
        TextColumn('{task.fields[rate]}'), TimeElapsedColumn(), TimeRemainingColumn(),
        console=console,
    )


def _make_learner(config: CheckpointConfig) -> Learner:
    """Build a learner whose initial weights depend only on the seed."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(config.train.seed)
        world_model = Jepa(config.encoder, config.predictor, config.scene, config.push)
        learner = Learner(world_model, config.train)
    if config.train.pretrained:
        start_from(Path(config.train.pretrained), learner, config.train.frozen)
    return learner


def _check_labels(transitions: Transitions, train: TrainConfig) -> None:
    """Refuse what needs labels where there are none."""
    wants = train.objective in LABELS_ONLY or train.label_gradient or train.labels
    if wants and not transitions.has_labels:
        raise DatasetError(
            'these pushes have no labels (bags have none): leave out objective, label_gradient '
            'and labels; tasks with a goal image need no cost head'
        )
