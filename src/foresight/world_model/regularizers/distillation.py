"""Self-distillation: agree with a slow copy of oneself that is centred and sharpened."""

import copy
import math

import torch
from jaxtyping import Float
from torch import Generator, Tensor, nn
from torch.nn import functional

from foresight.world_model.losses import follow
from foresight.world_model.regularizers.term import CellViews, Penalty, Regularizer

STUDENT_TEMPERATURE, TEACHER_TEMPERATURE = 0.1, 0.04
CENTRE_MOMENTUM = 0.9
BOTTLENECK = 32  # Features in which a cell is compared with the prototypes.


class PrototypeHead(nn.Module):
    """Scores a cell by its cosine with learned prototypes."""

    def __init__(self, channels: int, prototypes: int) -> None:
        """Build the network and the prototypes."""
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(channels, prototypes), nn.GELU(), nn.Linear(prototypes, BOTTLENECK),
        )
        self.prototypes = nn.Linear(BOTTLENECK, prototypes, bias=False)

    def forward(self, cells: Float[Tensor, 'pair channel']) -> Float[Tensor, 'pair prototype']:
        """Return one score a prototype, in [-1, 1]."""
        directions = functional.normalize(self.layers(cells).float(), dim=1)
        prototypes = functional.normalize(self.prototypes.weight, dim=1)
        return (directions @ prototypes.T).float()


class Distillation(Regularizer):
    """Wants the imagined cell to choose the prototype that the slow copy chooses for the place.

    An EMA target by itself does not prevent collapse. Centring takes away what all cells have in
    common, so that no prototype wins everywhere; sharpening forbids the opposite, that all
    prototypes win equally.

    References:
        Caron et al., DINO, arXiv:2104.14294, section 3.1 and eq. 1 to 4.
    """

    def __init__(self, channels: int, prototypes: int, weight: float) -> None:
        """Build student head and teacher head with the same weights."""
        super().__init__()
        self.head = PrototypeHead(channels, prototypes)
        self.slow_head = copy.deepcopy(self.head).requires_grad_(False)
        self.register_buffer('centre', torch.zeros(prototypes))
        self.centre: Tensor
        self._weight = weight

    def forward(self, views: CellViews, generator: Generator) -> Penalty:
        """Penalise disagreement with the teacher.

        In the log 1 is a blind guess among the prototypes.
        """
        with torch.no_grad():
            scores = self.slow_head(views.target)
            chosen = ((scores - self.centre) / TEACHER_TEMPERATURE).softmax(dim=1)
            if self.training:
                self.centre.lerp_(scores.mean(dim=0), 1.0 - CENTRE_MOMENTUM)
        guess = (self.head(views.predicted) / STUDENT_TEMPERATURE).log_softmax(dim=1)
        entropy = -(chosen * guess).sum(dim=1).mean()
        blind = math.log(guess.shape[1])
        return Penalty(self._weight * entropy, {'distillation': entropy / blind})

    def update(self, decay: float) -> None:
        """Move the teacher head a little toward the student head."""
        follow(self.slow_head, self.head, decay)
