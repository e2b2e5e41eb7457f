"""Loop: what every training does around its steps; it can be killed at any moment."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

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
from torch import Generator, Tensor, nn

from foresight.errors import CollapseError
from foresight.learning.journal import Journal
from foresight.learning.learners.video import VideoLearner
from foresight.learning.learners.world_model import Learner, Losses
from foresight.learning.probes.collapse import HealthLimits, check_health
from foresight.learning.probes.video_scores import VideoScores
from foresight.learning.probes.world_model import ProbeScores
from foresight.learning.resume import read_state, write_state
from foresight.learning.schedule import learning_rate
from foresight.learning.settings import TrainConfig, VideoTrainConfig
from foresight.world_model.precision import pick_device

LOG_EVERY = 20
PATIENCE = 300  # Steps before the collapse alarm is armed: an untrained latent may look anyhow.

Settings = TrainConfig | VideoTrainConfig
LearnerType = TypeVar('LearnerType', Learner, VideoLearner)
ScoresType = TypeVar('ScoresType', ProbeScores, VideoScores)


@dataclass(frozen=True)
class Result(Generic[ScoresType]):
    """Outcome of a run.

    Attributes:
        scores: Held-out scores at the end.
        steps: Steps of the whole run.
        folder: Where the checkpoint lies.
    """

    scores: ScoresType
    steps: int
    folder: Path


class Loop(ABC, Generic[LearnerType, ScoresType]):
    """Takes steps, logs, probes and saves.

    Attributes:
        learner: What learns.
        step: Steps behind it.
        steps: Steps of the whole run.
        limits: Where the collapse alarm trips.
    """

    limits = HealthLimits()

    def __init__(
        self, learner: LearnerType, settings: Settings, steps: int, probe_every: int, out: Path,
        console: Console, run: dict[str, Any],
        fits: Callable[[dict[str, Any]], bool] | None = None,
    ) -> None:
        """Prepare a run, or the rest of one.

        Args:
            learner: What learns, with its first weights.
            settings: How.
            steps: Steps of the whole run.
            probe_every: Steps between probes.
            out: Folder of the checkpoint and the resume state.
            console: Where progress is shown.
            run: What must not change between the two halves of a run.
            fits: Says of another such whether it is the same run; if left out, an equal one is.

        Raises:
            CheckpointError: If `out` holds another run.
        """
        torch.set_num_threads(settings.threads)
        out.mkdir(parents=True, exist_ok=True)
        self.steps, self._probe_every = steps, probe_every
        self._out, self._console, self._settings, self._run = out, console, settings, run
        self._device = pick_device(settings.device)
        self.learner: LearnerType = learner.to(self._device)
        self._optimizer = torch.optim.AdamW(
            [value for value in self.learner.parameters() if value.requires_grad],
            settings.learning_rate, weight_decay=settings.weight_decay, fused=True,
        )
        self.step = read_state(out, self.learner, self._optimizer, fits or run.__eq__)

    @abstractmethod
    def _losses(self, generator: Generator) -> Losses:
        """Compute the loss of the next batch; all is a function of settings and step."""

    @abstractmethod
    def _probe(self) -> ScoresType:
        """Score on what is held out."""

    @abstractmethod
    def _save(self, scores: ScoresType) -> None:
        """Write the checkpoint."""

    def run(self) -> Result[ScoresType]:
        """Train to the end.

        Raises:
            CollapseError: If the latents collapse or the loss is not finite.
        """
        with Journal(self._out, self.step) as journal, progress_bar(self._console) as progress:
            task = progress.add_task('training', total=self.steps, completed=self.step, rate='')
            while self.step < self.steps:
                self._advance(journal)
                rate = (progress.tasks[task].speed or 0.0) * self._settings.batch
                progress.update(task, completed=self.step, rate=f'{rate:.0f} a second')
        return self.finish()

    def finish(self) -> Result[ScoresType]:
        """Score what has been learned so far and write the checkpoint.

        Raises:
            CollapseError: If the latents collapsed.
        """
        scores = self._probe()
        self._save(scores)
        self._sound_alarm(scores)
        return Result(scores, self.steps, self._out)

    def _advance(self, journal: Journal) -> None:
        """Take one step, and log, probe and save when it is time."""
        losses = self._take_step()
        last, probe_now = self.step == self.steps, self.step % self._probe_every == 0
        if self.step % LOG_EVERY == 0 or last:
            journal.write(self.step, 'loss', scalars(losses))
        if probe_now:
            self._examine(journal)
        if probe_now or last or self.step % self._settings.save_every == 0:
            self._keep()

    def _take_step(self) -> Losses:
        """Take one optimiser step.

        Raises:
            CollapseError: If the loss or its gradient is not finite; no weight is changed.
        """
        settings = self._settings
        self.learner.train()
        generator = torch.Generator().manual_seed(settings.seed * 1_000_003 + self.step)
        losses = self._losses(generator)
        self._check_finite(losses.total, 'loss', losses)
        for group in self._optimizer.param_groups:
            group['lr'] = learning_rate(
                self.step, self.steps, settings.learning_rate, settings.warmup,
            )
        self._optimizer.zero_grad(set_to_none=True)
        losses.total.backward()  # type: ignore[no-untyped-call]
        for parameters in self._clipped_apart():
            norm = torch.nn.utils.clip_grad_norm_(parameters, settings.clip)
            self._check_finite(norm, 'gradient', losses)
        self._optimizer.step()
        self.learner.update_target()
        self.step += 1
        return losses

    def _check_finite(self, value: Tensor, what: str, losses: Losses) -> None:
        """Stop a run before its weights are spoiled."""
        if not bool(torch.isfinite(value)):
            raise CollapseError(
                f'the {what} is not finite at step {self.step} ({scalars(losses)}): lower '
                'learning_rate, or set bf16 to false'
            )

    def _clipped_apart(self) -> Sequence[Sequence[nn.Parameter]]:
        """Return the parameters whose gradients share one norm."""
        return [list(self.learner.parameters())]

    def _examine(self, journal: Journal) -> None:
        """Probe, save and sound the collapse alarm."""
        scores = self._probe()
        journal.write(self.step, 'probe', scores.known())
        self._save(scores)
        self._sound_alarm(scores)

    def _sound_alarm(self, scores: ScoresType) -> None:
        """Stop a run whose latents say nothing."""
        if self.step >= min(PATIENCE, self.steps):
            check_health(scores.health, self.limits)

    def _keep(self) -> None:
        """Write the resume state."""
        write_state(self._out, self.step, self.learner, self._optimizer, self._run)


def scalars(losses: Losses) -> dict[str, float]:
    """Return the loss and its parts as numbers."""
    terms = {name: float(value.detach()) for name, value in losses.terms.items()}
    return {'total': float(losses.total.detach()), **terms}


def progress_bar(console: Console) -> Progress:
    """Return the bar of a run."""
    return Progress(
        TextColumn('{task.description}'), BarColumn(), MofNCompleteColumn(),
        TextColumn('{task.fields[rate]}'), TimeElapsedColumn(), TimeRemainingColumn(),
        console=console,
    )
