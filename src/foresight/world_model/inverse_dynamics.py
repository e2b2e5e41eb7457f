"""Inverse dynamics: which action turned one latent into the other."""

import math
from collections.abc import Sequence

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from foresight.macro_action import ActionNumber
from foresight.protocols import Actions, Latents
from foresight.world_model.encoder import EncoderConfig


def pooled(channels: int, grid: tuple[int, int], outputs: int) -> nn.Sequential:
    """Build a small network from channels on the latent grid to some numbers."""
    height, width = grid
    return nn.Sequential(
        nn.Conv2d(channels, 64, 3, 2, 1), nn.ReLU(inplace=True),
        nn.Conv2d(64, 64, 3, 2, 1), nn.ReLU(inplace=True), nn.Flatten(),
        nn.Linear(64 * math.ceil(height / 4) * math.ceil(width / 4), 128),
        nn.ReLU(inplace=True), nn.Linear(128, outputs),
    )


class InverseDynamics(nn.Module):
    """Small network from two latents to a normalised action.

    It forces the encoder to keep what actions move: without it the cheapest latent to predict is
    one that forgets the objects.
    """

    def __init__(self, encoder: EncoderConfig, numbers: Sequence[ActionNumber]) -> None:
        """Build the network and the normalisation of the numbers of an action."""
        super().__init__()
        outputs = len(numbers) + sum(number.is_angle for number in numbers)
        self.layers = pooled(2 * encoder.channels, encoder.grid, outputs)
        self._is_angle = tuple(number.is_angle for number in numbers)
        low = torch.tensor([number.low for number in numbers])
        high = torch.tensor([number.high for number in numbers])
        self.register_buffer('middle', (low + high) / 2, persistent=False)
        self.register_buffer('half_range', (high - low) / 2, persistent=False)
        self.middle: Tensor
        self.half_range: Tensor

    def forward(self, before: Latents, after: Latents) -> Float[Tensor, 'batch normalized']:
        """Predict the normalised action."""
        joined = torch.cat([before, after - before], dim=1)
        guess: Tensor = self.layers(joined.contiguous(memory_format=torch.channels_last))
        return guess.float()

    def normalize(self, actions: Actions) -> Float[Tensor, 'batch normalized']:
        """Scale each number to [-1, 1], and an angle to cosine and sine."""
        scaled = (actions - self.middle) / self.half_range
        columns: list[Tensor] = []
        for index, is_angle in enumerate(self._is_angle):
            angle = actions[:, index]
            columns += [angle.cos(), angle.sin()] if is_angle else [scaled[:, index]]
        return torch.stack(columns, dim=-1)

    def error(self, before: Latents, after: Latents, actions: Actions,
              moved: Bool[Tensor, ' batch']) -> Float[Tensor, '']:
        """Return the mean squared error over the actions that changed the image."""
        squared = (self(before, after) - self.normalize(actions)).square().mean(dim=-1)
        weight = moved.float()
        mean: Tensor = (squared * weight).sum() / weight.sum().clamp(min=1.0)
        return mean
