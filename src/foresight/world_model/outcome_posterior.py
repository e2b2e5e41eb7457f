"""Outcome posterior: which value of the latent variable explains what an action did."""

import math
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Generator, Tensor, nn

from foresight.world_model.encoder import EncoderConfig

LOG_STD = (-5.0, 2.0)  # Beyond these the exponential is of no use, or overflows.


@dataclass(frozen=True)
class OutcomeGuess:
    """Normal distribution of the latent variable, one for each action.

    Attributes:
        mean: Its mean.
        log_std: Logarithm of its standard deviation.
    """

    mean: Float[Tensor, 'batch unknown']
    log_std: Float[Tensor, 'batch unknown']

    def draw(self, generator: Generator) -> Float[Tensor, 'batch unknown']:
        """Draw a value that lets the gradient through."""
        noise = torch.randn(self.mean.shape, generator=generator).to(self.mean.device)
        return self.mean + self.log_std.exp() * noise

    def divergence(self) -> Float[Tensor, ' batch']:
        """Return what the guess tells beyond the standard normal prior [nat]."""
        spread = (2.0 * self.log_std).exp()
        return 0.5 * (self.mean.square() + spread - 1.0 - 2.0 * self.log_std).sum(dim=1)


class OutcomePosterior(nn.Module):
    """Small network from the latents before and after an action to a guess; it exists to learn.

    References:
        Sohn et al. 2015, Learning structured output representation using deep conditional
        generative models: a posterior that sees the outcome, with a prior that does not.
    """

    def __init__(self, encoder: EncoderConfig, drawn: int, unknowns: int) -> None:
        """Build the network.

        Args:
            encoder: Shape of the latent.
            drawn: Channels of the action raster.
            unknowns: Size of the latent variable.
        """
        super().__init__()
        height, width = encoder.grid
        self.layers = nn.Sequential(
            nn.Conv2d(2 * encoder.channels + drawn, 64, 3, 2, 1), nn.ReLU(inplace=True),
            nn.Conv2d(64, 64, 3, 2, 1), nn.ReLU(inplace=True), nn.Flatten(),
            nn.Linear(64 * math.ceil(height / 4) * math.ceil(width / 4), 128),
            nn.ReLU(inplace=True), nn.Linear(128, 2 * unknowns),
        )

    def forward(
        self,
        before: Float[Tensor, 'batch channel height width'],
        after: Float[Tensor, 'batch channel height width'],
        drawn: Float[Tensor, 'batch feature height width'],
    ) -> OutcomeGuess:
        """Guess the latent variable from what happened."""
        joined = torch.cat([before, after - before, drawn], dim=1)
        guess: Tensor = self.layers(joined.contiguous(memory_format=torch.channels_last))
        mean, log_std = guess.float().chunk(2, dim=1)
        return OutcomeGuess(mean, log_std.clamp(*LOG_STD))
