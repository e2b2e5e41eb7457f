"""Augmentation: other colours and camera noise, without moving anything."""

import torch
from jaxtyping import Float
from torch import Generator, Tensor

BANK = 64


class Augmentation:
    """Random colour gain, shared by the two images of a push, and pixel noise.

    Noise comes from a small bank drawn once: drawing it anew costs as much as the encoder.
    """

    def __init__(
        self, jitter: float, noise: float, shape: tuple[int, ...], seed: int,
    ) -> None:
        """Draw the noise bank.

        Args:
            jitter: Largest relative change of a colour channel.
            noise: Standard deviation of a pixel, in units of the prepared image.
            shape: Feature, height and width of a prepared image.
            seed: Seed of the bank.
        """
        self._jitter = jitter
        generator = torch.Generator().manual_seed(seed)
        bank = noise * torch.randn(BANK, *shape, generator=generator)
        self._bank = bank.contiguous(memory_format=torch.channels_last)

    def __call__(
        self,
        before: Float[Tensor, 'batch feature height width'],
        after: Float[Tensor, 'batch feature height width'],
        generator: Generator,
    ) -> Float[Tensor, 'image feature height width']:
        """Change the prepared images of each push and stack them, before first."""
        batch, features = before.shape[:2]
        gain = 1.0 + self._jitter * (2.0 * torch.rand(batch, 3, generator=generator) - 1.0)
        gain = gain.to(before.device).repeat(2, features // 3)[:, :, None, None]
        self._bank = self._bank.to(before.device)
        picked = torch.randint(BANK, (2 * batch,), generator=generator).to(before.device)
        joined = torch.cat([before, after]).contiguous(memory_format=torch.channels_last)
        return torch.addcmul(self._bank[picked], joined, gain)
