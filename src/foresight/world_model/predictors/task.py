"""Task predictor: latent and action to the latent after the action."""

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from foresight.protocols import Latents
from foresight.settings import Checked, setting
from foresight.world_model.encoder import EncoderConfig, Inputs, ResidualBlock, zero


@dataclass(frozen=True)
class PredictorConfig(Checked):
    """Task predictor: latent and action raster to next latent."""

    width: int = setting(64, 'channels of the residual blocks', '', 16, 512)
    blocks: int = setting(5, 'residual blocks', '', 1, 16)
    latent: int = setting(0, 'size of the latent variable; 0 = one outcome an action', '', 0, 64)


class TaskPredictor(nn.Module):
    """Residual network on a grid of half the resolution; it starts as "nothing moves".

    Half the resolution makes it four times cheaper and lets ten 3x3 convolutions carry an
    object across the longest action.

    What no image tells (friction, mass, which way a thing tips) is a latent variable: given one
    of its values the network predicts one thing that may happen, without it the expected outcome.
    """

    def __init__(self, encoder: EncoderConfig, config: PredictorConfig, drawn: int) -> None:
        """Build the network for `drawn` channels of the action raster."""
        super().__init__()
        self.inlet = nn.Conv2d(encoder.channels + drawn, config.width, 4, 2, 1)
        self.blocks = nn.Sequential(*(ResidualBlock(config.width) for _ in range(config.blocks)))
        self.outlet = nn.Conv2d(config.width, 4 * encoder.channels, 3, padding=1)
        zero(self.outlet)
        self.unknown = nn.Linear(config.latent, config.width) if config.latent else None

    def forward(self, latents: Latents, drawn: Inputs,
                unknown: Float[Tensor, 'batch unknown'] | None = None) -> Latents:
        """Predict the latents one action later: as expected, or given the latent variable."""
        features = self.inlet(torch.cat([latents, drawn], dim=1))
        if unknown is not None and self.unknown is not None:
            # The same everywhere: one value is one coherent outcome of the whole action.
            features = features + self.unknown(unknown)[:, :, None, None]
        features = self.blocks(functional.relu_(features))
        change = functional.pixel_shuffle(self.outlet(features), 2)
        return latents + change.float()
