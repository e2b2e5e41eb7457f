"""Decoder: latent back to the prepared image; the baseline that JEPA does without."""

from jaxtyping import Float
from torch import Tensor, nn

from foresight.world_model.encoder import Encoder, EncoderConfig, ResidualBlock


class Decoder(nn.Module):
    """Mirror image of the encoder: every cell draws its own patch, seeing its neighbours."""

    def __init__(self, config: EncoderConfig) -> None:
        """Build the network."""
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(config.channels, config.width, 1),
            nn.ReLU(inplace=True),
            ResidualBlock(config.width),
            nn.Conv2d(config.width, Encoder.features(config), 3, padding=1),
        )

    def forward(
        self, latents: Float[Tensor, 'batch channel height width'],
    ) -> Float[Tensor, 'batch feature height width']:
        """Draw what `Encoder.prepare` returned."""
        drawn: Tensor = self.layers(latents)
        return drawn.float()


def reconstruction_loss(
    drawn: Float[Tensor, 'batch feature height width'],
    inputs: Float[Tensor, 'batch feature height width'],
) -> Float[Tensor, '']:
    """Return the mean squared error relative to that of drawing an empty table.

    Objects fill a few cells, so the plain mean is small whatever is drawn.
    """
    return (drawn - inputs).square().mean() / inputs.square().mean().clamp(min=1e-6)
