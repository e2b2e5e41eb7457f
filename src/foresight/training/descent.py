"""Descent: what one optimiser step is, whatever learns."""

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

import torch
from torch import nn
from torch.optim import Optimizer

from foresight.errors import CollapseError
from foresight.training.learner import Losses
from foresight.training.schedule import learning_rate


@runtime_checkable
class StepSettings(Protocol):
    """Settings that every training has."""

    @property
    def learning_rate(self) -> float:
        """Peak learning rate."""
        ...

    @property
    def warmup(self) -> float:
        """Share of the steps in which it rises."""
        ...

    @property
    def clip(self) -> float:
        """Largest norm of a gradient."""
        ...


def descend(
    losses: Losses, optimizer: Optimizer, clipped: Sequence[Sequence[nn.Parameter]],
    step: int, steps: int, settings: StepSettings,
) -> None:
    """Follow the gradient of one batch.

    Args:
        losses: What is minimised.
        optimizer: Holds all parameters.
        clipped: Parameters whose gradients share one norm.
        step: Steps taken so far.
        steps: Steps of the whole run.
        settings: Learning rate, its rise and the clip.

    Raises:
        CollapseError: If the loss is not finite; nothing is changed.
    """
    if not bool(torch.isfinite(losses.total)):
        raise CollapseError(
            f'the loss is not finite at step {step} ({scalars(losses)}): lower learning_rate, or '
            'set bf16 to false'
        )
    for group in optimizer.param_groups:
        group['lr'] = learning_rate(step, steps, settings.learning_rate, settings.warmup)
    optimizer.zero_grad(set_to_none=True)
    losses.total.backward()  # type: ignore[no-untyped-call]
    for parameters in clipped:
        torch.nn.utils.clip_grad_norm_(parameters, settings.clip)
    optimizer.step()


def scalars(losses: Losses) -> dict[str, float]:
    """Return the loss and its parts as numbers."""
    terms = {name: float(value.detach()) for name, value in losses.terms.items()}
    return {'total': float(losses.total.detach()), **terms}
