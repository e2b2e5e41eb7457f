"""The seam between the loop and what learns: a loop knows no learner by name."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from jaxtyping import Float
from torch import Generator, Tensor, nn

from foresight.learning.probes.collapse import PATIENCE, HealthLimits, LatentHealth
from foresight.learning.settings import RunConfig
from foresight.world_model.checkpoint import Described


@dataclass(frozen=True)
class Losses:
    """Loss of one batch: what is minimised, and its unweighted parts by name."""

    total: Float[Tensor, '']
    terms: dict[str, Float[Tensor, '']]


class Networks(nn.Module, ABC):
    """One module that holds every parameter, so that saving it saves everything."""

    @abstractmethod
    def update_target(self) -> None:
        """Move slow copies a little toward what learns; called after each step."""


ScoresType = TypeVar('ScoresType', bound=LatentHealth)


class Learner(ABC, Generic[ScoresType]):
    """Networks, what they are shown, and how they are measured and kept.

    Attributes:
        networks: Everything that learns, in one module.
        config: What its checkpoint will know about itself, but for the scores.
        probe_every: Steps between probes.
        armed: Step from which on the collapse alarm is armed.
        limits: Where it trips.
        warning: What is amiss with the data, for a reader; empty = nothing.
    """

    networks: Networks
    settings: RunConfig
    config: Described
    steps: int
    probe_every: int
    armed: float = PATIENCE
    limits = HealthLimits()
    warning = ''

    @abstractmethod
    def losses(self, step: int, generator: Generator) -> Losses:
        """Compute the loss of a step; all is a function of settings and step."""

    def clipped_apart(self) -> Sequence[Sequence[nn.Parameter]]:
        """Return the parameters whose gradients share one norm, group by group."""
        return [list(self.networks.parameters())]

    @abstractmethod
    def probe(self) -> ScoresType:
        """Score on what is held out."""

    @abstractmethod
    def save(self, folder: Path, scores: ScoresType) -> None:
        """Write the checkpoint."""
