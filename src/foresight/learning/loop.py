"""Loop: what every training does around its steps; it can be killed at any moment."""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Generic

import torch
from rich.console import Console
from torch import Tensor, nn
from torch.optim import Optimizer

from foresight.errors import CollapseError
from foresight.learning.journal import Journal
from foresight.learning.learner import Learner, Losses, ScoresType
from foresight.learning.probes.collapse import check_health
from foresight.learning.resume import changes, identity, read_state, write_state
from foresight.progress import bars
from foresight.signals import heeding_signals, status
from foresight.world_model.precision import pick_device

LOG_EVERY = 20
LENGTHS = ('steps', 'epochs')
"""Settings that may grow when a run goes on: it is lengthened."""


class Loop(Generic[ScoresType]):
    """Takes steps, logs, probes and saves; `step` of them are behind it."""

    def __init__(self, learner: Learner[ScoresType], out: Path,
                 console: Console | None = None) -> None:
        """Prepare a run, or the rest of one, whose checkpoint and resume state are in `out`.

        Raises:
            CheckpointError: If `out` holds a run with other settings or data.
        """
        settings = learner.settings
        torch.set_num_threads(settings.threads)
        out.mkdir(parents=True, exist_ok=True)
        self.learner, self._out, self._console = learner, out, console or Console(stderr=True)
        if learner.warning:
            self._console.print(learner.warning, style='yellow')
        learner.networks.to(pick_device(settings.device))
        self._optimizer = torch.optim.AdamW(
            [value for value in learner.networks.parameters() if value.requires_grad],
            settings.learning_rate, weight_decay=settings.weight_decay, fused=True,
        )
        self.step = read_state(
            out, learner.networks, self._optimizer,
            lambda kept: changes(kept, learner.config, type(settings)(), LENGTHS),
        )

    def run(self) -> ScoresType:
        """Train to the end; return the held-out scores.

        A signal ends it after the step at hand, which is kept.

        Raises:
            CollapseError: If the latents collapse or the loss is not finite.
            SystemExit: After a signal.
        """
        learner, console = self.learner, self._console
        if self.step:
            console.print(f'going on after step {self.step} of {learner.steps}')
        with (Journal(self._out, self.step) as journal, bars(console) as progress,
              heeding_signals() as signals):
            task = progress.add_task('training', total=learner.steps, completed=self.step, rate='')
            while self.step < learner.steps and not signals:
                self._advance(journal)
                rate = (progress.tasks[task].speed or 0.0) * learner.settings.batch
                progress.update(task, completed=self.step, rate=f'{rate:.0f} a second')
        if signals:
            self._keep()
            console.print(f'step {self.step} of {learner.steps} kept; run again to go on')
            raise SystemExit(status(signals))
        return self.finish()

    def finish(self) -> ScoresType:
        """Score what has been learned, write the checkpoint and return the scores.

        Raises:
            CollapseError: If the latents collapsed.
        """
        scores = self.learner.probe()
        self._examine(scores)
        return scores

    def _advance(self, journal: Journal) -> None:
        """Take one step, and log, probe and save when it is time."""
        losses = self._take_step()
        learner = self.learner
        last, probe_now = self.step == learner.steps, self.step % learner.probe_every == 0
        if self.step % LOG_EVERY == 0 or last:
            journal.write(self.step, 'loss', scalars(losses))
        if probe_now:
            scores = learner.probe()
            journal.write(self.step, 'probe', scores.known())
            self._examine(scores)
        if probe_now or last or self.step % learner.settings.save_every == 0:
            self._keep()

    def _take_step(self) -> Losses:
        """Take one optimiser step; no weight is changed by what is not finite."""
        learner, settings = self.learner, self.learner.settings
        learner.networks.train()
        generator = torch.Generator().manual_seed(settings.seed * 1_000_003 + self.step)
        losses = learner.losses(self.step, generator)
        rate = learning_rate(self.step, learner.steps, settings.learning_rate, settings.warmup)
        try:
            descend(self._optimizer, losses.total, rate, learner.clipped_apart(), settings.clip)
        except CollapseError as error:
            raise CollapseError(
                f'{error} at step {self.step} ({scalars(losses)}): lower learning_rate, or set '
                'bf16 to false'
            ) from error
        learner.networks.update_target()
        self.step += 1
        return losses

    def _examine(self, scores: ScoresType) -> None:
        """Save, and stop a run whose latents say nothing."""
        self.learner.save(self._out, scores)
        if self.step >= self.learner.armed:
            check_health(scores, self.learner.limits)

    def _keep(self) -> None:
        """Write the resume state."""
        kept = identity(self.learner.config)
        write_state(self._out, self.step, self.learner.networks, self._optimizer, kept)


def scalars(losses: Losses) -> dict[str, float]:
    """Return the loss and its parts as numbers."""
    terms = {name: float(value.detach()) for name, value in losses.terms.items()}
    return {'total': float(losses.total.detach()), **terms}


def descend(optimizer: Optimizer, loss: Tensor, rate: float,
            clipped: Sequence[Sequence[nn.Parameter]] = (), clip: float = math.inf) -> None:
    """Take one step at a learning rate; the gradients of each group share one norm.

    Raises:
        CollapseError: If loss or gradient is not finite; no weight is changed.
    """
    if not bool(torch.isfinite(loss)):
        raise CollapseError('the loss is not finite')
    for group in optimizer.param_groups:
        group['lr'] = rate
    optimizer.zero_grad(set_to_none=True)
    loss.backward()  # type: ignore[no-untyped-call]
    for parameters in clipped:
        if not bool(torch.isfinite(nn.utils.clip_grad_norm_(parameters, clip))):
            raise CollapseError('the gradient is not finite')
    optimizer.step()


def learning_rate(step: int, steps: int, peak: float, warmup: float) -> float:
    """Rise linearly over a share `warmup` of the steps, then fall along a cosine to peak / 100."""
    rising = max(1, round(warmup * steps))
    if step < rising:
        return peak * (step + 1) / rising
    done = (step - rising) / max(1, steps - rising)
    return peak * (0.01 + 0.99 * 0.5 * (1.0 + math.cos(math.pi * min(1.0, done))))
