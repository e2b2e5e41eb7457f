"""Inverse dynamics: which push turned one latent into the other."""

import math

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from foresight.settings import PushConfig, SceneConfig
from foresight.world_model.encoder import EncoderConfig


class InverseDynamics(nn.Module):
    """Small network from two latents to a normalised push.

    It forces the encoder to keep what pushes move: without it the cheapest latent to predict is
    one that forgets the objects.
    """

    def __init__(self, encoder: EncoderConfig, scene: SceneConfig, push: PushConfig) -> None:
        """Build the network and the normalisation of pushes."""
        super().__init__()
        height, width = encoder.grid
        self.layers = nn.Sequential(
            nn.Conv2d(2 * encoder.channels, 64, 3, 2, 1), nn.ReLU(inplace=True),
            nn.Conv2d(64, 64, 3, 2, 1), nn.ReLU(inplace=True), nn.Flatten(),
            nn.Linear(64 * math.ceil(height / 4) * math.ceil(width / 4), 128),
            nn.ReLU(inplace=True),
            nn.Linear(128, 5),
        )
        low = torch.tensor([scene.view_x[0], scene.view_y[0], push.length_low])
        high = torch.tensor([scene.view_x[1], scene.view_y[1], push.length_high])
        self.register_buffer('middle', (low + high) / 2, persistent=False)
        self.register_buffer('half_range', (high - low) / 2, persistent=False)
        self.middle: Tensor
        self.half_range: Tensor

    def forward(
        self,
        before: Float[Tensor, 'batch channel height width'],
        after: Float[Tensor, 'batch channel height width'],
    ) -> Float[Tensor, 'batch 5']:
        """Predict the normalised push."""
        joined = torch.cat([before, after - before], dim=1)
        guess: Tensor = self.layers(joined.contiguous(memory_format=torch.channels_last))
        return guess.float()

    def normalize(self, pushes: Float[Tensor, 'batch 4']) -> Float[Tensor, 'batch 5']:
        """Scale x, y and length to [-1, 1] and the heading to cosine and sine."""
        x, y, length = ((pushes[:, [0, 1, 3]] - self.middle) / self.half_range).unbind(-1)
        return torch.stack([x, y, pushes[:, 2].cos(), pushes[:, 2].sin(), length], dim=-1)

    def error(
        self,
        before: Float[Tensor, 'batch channel height width'],
        after: Float[Tensor, 'batch channel height width'],
        pushes: Float[Tensor, 'batch 4'],
        moved: Bool[Tensor, ' batch'],
    ) -> Float[Tensor, '']:
        """Return the mean squared error over the pushes that changed the image."""
        squared = (self(before, after) - self.normalize(pushes)).square().mean(dim=-1)
        weight = moved.float()
        mean: Tensor = (squared * weight).sum() / weight.sum().clamp(min=1.0)
        return mean
