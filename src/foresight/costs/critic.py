"""Critic: reads from a latent what the rest of the task is expected to cost."""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class Critic(nn.Module):
    """Sum over the table of local values, each of which sees about 35 cm around it.

    A sum, because every object costs its own actions; the surroundings, because an object beside
    an open edge or behind another costs more of them.
    """

    def __init__(
        self, channels: int, scene_map: Float[Tensor, 'region height width'], width: int,
    ) -> None:
        """Build the network; it starts at zero.

        Args:
            channels: Features of a latent cell.
            scene_map: Share of each cell that is table, and that is bin.
            width: Channels inside.
        """
        super().__init__()
        self.register_buffer('scene_map', scene_map.clone(), persistent=False)
        self.scene_map: Tensor
        last = nn.Conv2d(width, 1, 1)
        last.weight.data.zero_()
        last.bias.data.zero_()  # type: ignore[union-attr]
        self.layers = nn.Sequential(
            nn.Conv2d(channels + len(scene_map), width, 4, 2, 1), nn.ReLU(inplace=True),
            nn.Conv2d(width, width, 3, padding=1), nn.ReLU(inplace=True),
            nn.Conv2d(width, width, 3, padding=1), nn.ReLU(inplace=True),
            last,
        )
        self.to(memory_format=torch.channels_last)  # type: ignore[call-overload]

    def forward(
        self, latents: Float[Tensor, 'batch channel height width'],
    ) -> Float[Tensor, ' batch']:
        """Return the expected remaining cost of each latent."""
        scene = self.scene_map.expand(len(latents), -1, -1, -1)
        joined = torch.cat([latents, scene], dim=1)
        values: Tensor = self.layers(joined.contiguous(memory_format=torch.channels_last))
        return values.float().sum(dim=(1, 2, 3))


class ExpectedCost:
    """What the actions after the last imagined one are expected to cost; a terminal term.

    References:
        Lowrey et al., POLO, arXiv:1811.01848, section 2: a value function at the end of a short
        horizon.
    """

    name = 'critic'

    def __init__(self, critic: Critic, bf16: bool = False) -> None:
        """Keep a trained critic; `bf16` where the machine has instructions for it."""
        self._critic, self._bf16 = critic, bf16

    def score(
        self, latents: Float[Tensor, 'batch channel height width'],
    ) -> Float[Tensor, ' batch']:
        """Return the expected cost after each latent."""
        with torch.autocast(latents.device.type, torch.bfloat16, enabled=self._bf16):
            values: Tensor = self._critic(latents)
        return values
