"""Encoder: rectified image and empty table to a spatial latent; and its mirror image."""

from dataclasses import dataclass

import torch
from jaxtyping import Float, Shaped
from torch import Tensor, nn
from torch.nn import functional

from foresight.errors import ConfigError
from foresight.protocols import Latents
from foresight.settings import Checked, setting

Pictures = Shaped[Tensor, 'batch row column 3']
"""Rectified images [grey levels, 0 to 255]."""
Inputs = Float[Tensor, 'batch feature height width']
"""What `Encoder.prepare` makes of them."""


@dataclass(frozen=True)
class EncoderConfig(Checked):
    """Encoder: rectified image to spatial latent."""

    rows: int = setting(64, 'rectified rows (x of base_link, far at the top)', 'px', 16, 512)
    columns: int = setting(96, 'rectified columns (y of base_link, left is +y)', 'px', 16, 512)
    stride: int = setting(4, 'pixels a latent cell spans', 'px', 2, 16)
    channels: int = setting(16, 'features of a latent cell', '', 4, 256)
    width: int = setting(64, 'channels of the hidden layers', '', 8, 256)
    use_image: bool = setting(False, 'feed the image beside its difference to the empty table')

    @property
    def grid(self) -> tuple[int, int]:
        """Rows and columns of the latent grid."""
        return self.rows // self.stride, self.columns // self.stride


CONTRAST = 64.0  # Grey levels that become 1: about the contrast of an object on the table.


def normalize_cells(latent: Latents) -> Latents:
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


Features = Float[Tensor, 'batch channel height width']


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

    def forward(self, features: Features) -> Features:
        """Add what the two convolutions see; features go in and come out rectified."""
        inner = self.second(functional.relu_(self.first(features)))
        return functional.relu_(inner.add_(features))


class Encoder(nn.Module):
    """Convolutional encoder on patches as large as a latent cell.

    A patch becomes the channels of its cell, so that every convolution runs on the latent grid;
    a cell of the latent sees three cells in every direction.
    """

    def __init__(self, config: EncoderConfig) -> None:
        """Build the network.

        Raises:
            ConfigError: If the cells do not divide the image evenly.
        """
        super().__init__()
        step = 2 * config.stride  # The task predictor halves the grid once more.
        if config.rows % step or config.columns % step:
            raise ConfigError(f'EncoderConfig.rows, columns: choose multiples of {step}')
        self.use_image, self.stride = config.use_image, config.stride
        self.layers = nn.Sequential(
            nn.Conv2d(self.features(config), config.width, 3, padding=1), nn.ReLU(inplace=True),
            ResidualBlock(config.width), nn.Conv2d(config.width, config.channels, 1),
        )

    @staticmethod
    def features(config: EncoderConfig) -> int:
        """Return how many numbers of the image a cell holds."""
        return (6 if config.use_image else 3) * config.stride**2

    def prepare(self, image: Pictures, background: Pictures) -> Inputs:
        """Turn images (grey levels 0 to 255) into what the network reads.

        Feature 0, 3, 6, ... is red, then green and blue; differences to the empty table first.
        """
        patches, empty = self._patches(image), self._patches(background)
        difference = (patches - empty).div_(CONTRAST)
        if not self.use_image:
            return difference
        return torch.cat([difference, patches / 127.5 - 1.0], dim=1)

    def forward(self, inputs: Inputs) -> Latents:
        """Encode prepared images."""
        return normalize_cells(self.layers(inputs))

    def _patches(self, image: Tensor) -> Tensor:
        """Move the pixels of each cell into its channels."""
        batch, rows, columns, colours = image.shape
        grid = rows // self.stride, columns // self.stride
        cells = image.reshape(batch, grid[0], self.stride, grid[1], self.stride, colours)
        cells = cells.transpose(2, 3).reshape(batch, *grid, -1)  # batch height width feature
        return cells.permute(0, 3, 1, 2).float()  # Channels-last in memory.


class Decoder(nn.Module):
    """Mirror image of the encoder: every cell draws its own patch, seeing its neighbours."""

    def __init__(self, config: EncoderConfig) -> None:
        """Build the network."""
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(config.channels, config.width, 1), nn.ReLU(inplace=True),
            ResidualBlock(config.width),
            nn.Conv2d(config.width, Encoder.features(config), 3, padding=1),
        )

    def forward(self, latents: Latents) -> Inputs:
        """Draw what `Encoder.prepare` returned."""
        drawn: Tensor = self.layers(latents)
        return drawn.float()


def reconstruction_loss(drawn: Inputs, inputs: Inputs) -> Float[Tensor, '']:
    """Return the mean squared error relative to that of drawing an empty table.

    Objects fill a few cells, so the plain mean is small whatever is drawn.
    """
    return (drawn - inputs).square().mean() / inputs.square().mean().clamp(min=1e-6)
