"""Augmentation: other colours and camera noise, without moving anything."""

from collections.abc import Sequence

import torch
from jaxtyping import Float, Int
from torch import Generator, Tensor

from foresight.world_model.encoder import Inputs

BANK = 64


class Augmentation:
    """Other colours, shared by all images of an action or of several in a row, and pixel noise.

    A network that sees each action in its own colours only can learn actions by heart.

    Noise comes from a small bank drawn once: drawing it anew costs as much as the encoder.
    """

    def __init__(self, jitter: float, invert: float, noise: float, shape: tuple[int, ...],
                 seed: int) -> None:
        """Draw the noise bank.

        Args:
            jitter: Largest relative change of a colour channel.
            invert: Share of the colour channels that become their negative; if any do, red,
                green and blue also change places.
            noise: Standard deviation of a pixel, in units of the prepared image.
            shape: Feature, height and width of a prepared image.
            seed: Seed of the bank.
        """
        self._jitter, self._invert = jitter, invert
        generator = torch.Generator().manual_seed(seed)
        bank = noise * torch.randn(BANK, *shape, generator=generator)
        self._bank = bank.contiguous(memory_format=torch.channels_last)

    def __call__(self, images: Sequence[Inputs],
                 generator: Generator) -> Float[Tensor, 'image feature height width']:
        """Change the prepared images before and after each action and stack them, first first."""
        batch, features = images[0].shape[:2]
        self._bank = self._bank.to(images[0].device)
        picked = torch.randint(BANK, (len(images) * batch,), generator=generator)
        joined = torch.cat(list(images)).contiguous(memory_format=torch.channels_last)
        if self._invert:
            joined = joined[:, draw_order(features, generator)]
        gain = draw_gain(batch, self._jitter, self._invert, generator).to(joined.device)
        gain = gain.repeat(len(images), features // 3)[:, :, None, None]
        return torch.addcmul(self._bank[picked.to(joined.device)], joined, gain)


def draw_gain(count: int, jitter: float, invert: float,
              generator: Generator) -> Float[Tensor, 'image 3']:
    """Draw the factor of each colour of some images: 1 +- `jitter`, a share `invert` negative."""
    gain = 1.0 + jitter * (2.0 * torch.rand(count, 3, generator=generator) - 1.0)
    negative = torch.rand(count, 3, generator=generator) < invert
    return torch.where(negative, -gain, gain)


def draw_order(features: int, generator: Generator) -> Int[Tensor, ' feature']:
    """Let the three colours change places in every pixel."""
    places = torch.randperm(3, generator=generator)
    return (torch.arange(0, features, 3)[:, None] + places).flatten()
