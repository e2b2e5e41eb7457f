"""Encoder: rectified image and empty table to a spatial latent."""

import torch
from jaxtyping import Float, Shaped
from torch import Tensor, nn
from torch.nn import functional

from foresight.config import EncoderConfig
from foresight.errors import ConfigError

CONTRAST = 64.0  # Grey levels that become 1: about the contrast of an object on the table.


def normalize_cells(
    latent: Float[Tensor, 'batch channel height width'],
) -> Float[Tensor, 'batch channel height width']:
    """Give every cell zero mean and unit variance over its channels.

    The encoder can then neither shrink its latents to please the prediction loss nor blow them
    up to please the variance term.
    """
    cells = latent.float().permute(0, 2, 3, 1)
    return functional.layer_norm(cells, cells.shape[-1:]).permute(0, 3, 1, 2)


def zero(layer: nn.Conv2d) -> None:
    """Make a convolution start as zero."""
    for parameter in layer.parameters():
        nn.init.zeros_(parameter)


class ResidualBlock(nn.Module):
    """Two 3x3 convolutions that start as the identity.

    No normalisation and everything in place: on a CPU the small operations cost more than the
    convolutions.
    """

    def __init__(self, channels: int) -> None:
        """Make a block that keeps the number of channels."""
        super().__init__()
        self.first = nn.Conv2d(channels, channels, 3, padding=1)
        self.second = nn.Conv2d(channels, channels, 3, padding=1)
        zero(self.second)

    def forward(
        self, features: Float[Tensor, 'batch channel height width'],
    ) -> Float[Tensor, 'batch channel height width']:
        """Add what the two convolutions see; features go in and come out rectified."""
        inner = self.second(functional.relu_(self.first(features)))
        return functional.relu_(inner.add_(features))


class Encoder(nn.Module):
    """Convolutional encoder; one latent cell sees about seven cells around it."""

    def __init__(self, config: EncoderConfig) -> None:
        """Build the network.

        Raises:
            ConfigError: If the stride is no power of two or does not divide the image.
        """
        super().__init__()
        halvings = config.stride.bit_length() - 1
        if 2**halvings != config.stride:
            raise ConfigError(f'EncoderConfig.stride = {config.stride}: choose a power of two')
        if config.rows % (2 * config.stride) or config.columns % (2 * config.stride):
            raise ConfigError(
                f'EncoderConfig.rows, columns: choose multiples of {2 * config.stride}'
            )
        self.use_image = config.use_image
        width = config.width
        layers: list[nn.Module] = [nn.Conv2d(6 if config.use_image else 3, width, 5, 2, 2)]
        for _ in range(halvings - 1):
            layers += [nn.ReLU(inplace=True), nn.Conv2d(width, 2 * width, 3, 2, 1)]
            width *= 2
        last = nn.Conv2d(width, config.channels, 1)
        layers += [nn.ReLU(inplace=True), ResidualBlock(width), last]
        self.layers = nn.Sequential(*layers)

    def prepare(
        self,
        image: Shaped[Tensor, 'batch row column 3'],
        background: Shaped[Tensor, 'batch row column 3'],
    ) -> Float[Tensor, 'batch feature row column']:
        """Turn images (grey levels 0 to 255) into what the network reads."""
        pixels = image.float().permute(0, 3, 1, 2)
        difference = (pixels - background.float().permute(0, 3, 1, 2)) / CONTRAST
        if not self.use_image:
            return difference
        return torch.cat([difference, pixels / 127.5 - 1.0], dim=1)

    def forward(
        self, inputs: Float[Tensor, 'batch feature row column'],
    ) -> Float[Tensor, 'batch channel height width']:
        """Encode prepared images."""
        return normalize_cells(self.layers(inputs))
